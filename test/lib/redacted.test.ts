import { format, inspect } from 'node:util'
import { expect, test } from 'playwright/test'
import { Redacted } from '../../src/lib/redacted.ts'

const PLANTED = 'canary-5c1f'
const secret = new Redacted(PLANTED)

test.describe('a redacted value', () => {
  test('is given back by reveal alone', () => {
    expect(secret.reveal()).toBe('canary-5c1f')
  })

  const ways: readonly [string, () => string][] = [
    ['a template', () => `${secret}`],
    ['joining', () => ['', secret].join('')],
    ['JSON', () => JSON.stringify({ secret })],
    ['inspect', () => inspect({ secret }, { showHidden: true, depth: 9 })],
    ['a format string', () => format('%s %o %O %j', secret, secret, secret, secret)],
    ['an error message', () => inspect(new Error(`lost ${secret}`, { cause: secret }))],
  ]
  for (const [name, print] of ways) {
    test(`prints as [redacted] in ${name}`, () => {
      expect(print()).toContain('[redacted]')
      expect(print()).not.toContain(PLANTED)
    })
  }

  test('is lost, not told, when copied or inspected without its own printer', () => {
    expect(inspect(secret, { customInspect: false, showHidden: true })).not.toContain(PLANTED)
    expect(JSON.stringify({ ...secret })).toBe('{}')
    expect(inspect(structuredClone(secret))).not.toContain(PLANTED)
  })
})
