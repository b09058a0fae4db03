import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { createPages } from '../../src/http/pages.ts'
import type { PageModels } from '../../src/http/view-models.ts'
import { type PageSample, pageSamples } from '../support/page-samples.ts'

const VIEWS = join(import.meta.dirname, '../../views')
const HOSTILE = `Q"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\`{1}`
const ESCAPED =
  'Q&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&amp;amp;`{1}'
const ESCAPED_IN_QUERY = encodeURIComponent(HOSTILE).replaceAll("'", '&#39;')
const HARMLESS = 'Qharmless'
const SCRIPTED = [
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'blob:https://notes.example.com/1',
]
/** Fields that choose among known words, and addresses of our own code rather than of anyone's data. */
const CLOSED = new Set(['app', 'error', 'method', 'stylesheet', 'script', 'tokenLeft', 'tokenLife'])
const ADDRESSES = new Set([
  'action',
  'cancelAction',
  'switchAction',
  'logoutAction',
  'href',
  'loginHref',
  'nextHref',
  'firstHref',
])

const pages = createPages({ root: VIEWS, assets: { href: (name) => `/assets/${name}` } })

test.describe('rendering a page', () => {
  for (const sample of pageSamples) {
    test(`${sample.title} escapes every word that it is told`, () => {
      const hostile = renderWith(sample, (_, value) => (value === null ? null : HOSTILE))
      const harmless = renderWith(sample, (_, value) => (value === null ? null : HARMLESS))

      expect(hostile).toContain(ESCAPED)
      expect(without(hostile, ESCAPED, ESCAPED_IN_QUERY)).toBe(without(harmless, HARMLESS))
    })

    test(`${sample.title} links to no script`, () => {
      for (const scripted of SCRIPTED) {
        const html = renderWith(sample, (key, value) => (ADDRESSES.has(key) ? scripted : value))
        // A picture runs no script, and its kind stands in the template.
        for (const address of addressesIn(html.replaceAll('"data:image/svg+xml;base64,', '"')))
          expect(['https:', 'http:', 'about:']).toContain(
            new URL(address, 'https://x.test').protocol,
          )
      }
    })
  }

  test('takes what no form should bring: null bytes, lone surrogates, a megabyte', () => {
    const login = pageSamples.find(({ title }) => title === 'login')?.model as PageModels['login']

    for (const username of ['a\0b', '\ud800', 'x'.repeat(1_000_000)])
      expect(pages.render('login', { ...login, username })).toContain('name="username"')
  })

  test('ties an error to the fields that it blames', () => {
    const html = renderAsIs('login-wrong')

    expect(html).toContain('<title>Error: Log in · Sojourn</title>')
    expect(html).toContain('role="alert" id="login-error"')
    expect(html.match(/aria-invalid="true" aria-describedby="login-error"/g)).toHaveLength(2)
  })

  test('blames no field when there were too many tries', () => {
    const html = renderAsIs('login-throttled')

    expect(html).toContain('Wait 2 minutes, then try again.')
    expect(html).not.toContain('aria-invalid')
  })

  test('keeps what was typed, and never a password', () => {
    const html = renderAsIs('login-wrong')

    expect(html).toContain('value="ada@example.com"')
    expect(html).toMatch(
      /<input id="password" name="password" type="password" autocomplete="current-password" required/,
    )
  })

  test('fixes the username when somebody confirms', () => {
    expect(renderAsIs('login-confirm')).toMatch(/name="username"[^>]*readonly/)
    expect(renderAsIs('login-wrong')).not.toContain('readonly')
  })

  test('warns of a client that registered itself, and of no other', () => {
    expect(renderAsIs('consent-self-registered')).toContain('Not reviewed.')
    expect(renderAsIs('consent')).not.toContain('Not reviewed.')
  })
})

test.describe('the templates', () => {
  const templates = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.eta'))
    .map((name) => ({ name, text: readFileSync(join(VIEWS, name), 'utf8') }))

  test('are found', () => expect(templates.length).toBeGreaterThan(10))

  for (const { name, text } of templates) {
    test(`${name} holds no inline style or script, and leaves nothing unescaped`, () => {
      expect(text).not.toMatch(/\sstyle\s*=|<style/i)
      expect(text).not.toMatch(/\son[a-z]+\s*=/i)
      expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/i)
      expect(text).not.toMatch(/<%~(?!\s*(include\(|it\.body\b))/)
    })

    test(`${name} posts a csrf value with every form`, () => {
      const forms = text.match(/<form[\s\S]*?<\/form>/g) ?? []
      for (const form of forms) {
        expect(form).toContain('method="post"')
        expect(form).toContain('<input type="hidden" name="csrf" value="<%= it.csrf %>">')
      }
    })
  }
})

function renderAsIs(title: string): string {
  const sample = pageSamples.find((candidate) => candidate.title === title)
  if (!sample) throw new Error(`no sample ${title}`)
  return renderWith(sample, (_, value) => value)
}

function renderWith(sample: PageSample, change: Change): string {
  return pages.render(sample.page as never, changed('', sample.model, change) as never)
}

type Change = (key: string, value: string | null) => string | null

/** The model with every open word, at any depth, put through `change`. */
function changed(key: string, value: unknown, change: Change): unknown {
  if (CLOSED.has(key)) return value
  if (value === null || typeof value === 'string') return change(key, value)
  if (Array.isArray(value)) return value.map((item) => changed(key, item, change))
  if (typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value as object).map(([name, inner]) => [name, changed(name, inner, change)]),
  )
}

function without(html: string, ...texts: readonly string[]): string {
  return texts.reduce((rest, text) => rest.replaceAll(text, ''), html)
}

function addressesIn(html: string): string[] {
  const found = html.matchAll(/\s(?:href|action|formaction|src)="([^"]*)"/g)
  return [...found].map(([, address]) => address ?? '').filter((address) => address !== 'data:,')
}
