import { expect, test } from 'playwright/test'
import { pageHeaders } from '../../src/http/page-headers.ts'

const policy = (targets?: string[]) => pageHeaders(targets)['Content-Security-Policy']
const formAction = (...targets: string[]) => /form-action ([^;]*)/.exec(policy(targets) ?? '')?.[1]

test.describe('the headers of a page', () => {
  test('let it load and post to this server alone', () => {
    expect(policy()).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; " +
        "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
  })

  test('keep it out of caches and its address from strangers', () => {
    expect(pageHeaders()).toMatchObject({
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
    })
  })

  test('let its forms end at a client, by origin and not by path', () => {
    expect(formAction('https://notes.example.com/cb?x=1')).toBe("'self' https://notes.example.com")
  })

  test('name the scheme where the grammar has no word for the origin', () => {
    expect(formAction('com.example.notes:/cb')).toBe("'self' com.example.notes:")
    expect(formAction('http://[::1]:4001/cb')).toBe("'self' http:")
  })

  test('give no target a way to add a directive', () => {
    expect(formAction("https://notes.example.com/;script-src 'unsafe-inline'")).toBe(
      "'self' https://notes.example.com",
    )
    expect(() => policy(["; script-src 'unsafe-inline'"])).toThrow()
    expect(formAction("https://a;script-src'unsafe-inline'/")).toBe("'self' https:")
  })
})
