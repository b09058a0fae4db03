import { expect, test } from 'playwright/test'
import { formatRootKeyFile, parseRootKeyFile } from '../../src/crypto/root-key-text.ts'

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const LINE = `sojourn-root-v1 2026-01-01T00:00:00.000Z ${KEY}`
const BYTES = Buffer.from(Array.from({ length: 32 }, (_, index) => index))

test.describe('the text of a root key file', () => {
  test('is one line a version, newest first', () => {
    const text = formatRootKeyFile([
      { createdAt: new Date('2026-02-01T00:00:00Z'), secret: Buffer.alloc(32) },
      { createdAt: new Date('2026-01-01T00:00:00Z'), secret: BYTES },
    ])
    expect(text).toBe(`sojourn-root-v1 2026-02-01T00:00:00.000Z ${'A'.repeat(43)}\n${LINE}\n`)
  })

  test('reads back in order, forgiving blank lines and Windows line ends', () => {
    const parsed = parseRootKeyFile(
      `\r\n${LINE}\r\n\n sojourn-root-v1 2025-01-01T00:00:00.000Z ${'A'.repeat(43)}`,
    )
    expect(parsed).toEqual([
      { createdAt: new Date('2026-01-01T00:00:00Z'), secret: BYTES },
      { createdAt: new Date('2025-01-01T00:00:00Z'), secret: Buffer.alloc(32) },
    ])
  })

  for (const [name, text] of [
    ['an empty file', ''],
    ['blank lines only', '\n \n'],
    ['another label', LINE.replace('v1', 'v2')],
    ['a missing key', 'sojourn-root-v1 2026-01-01T00:00:00.000Z'],
    ['a short key', LINE.slice(0, -1)],
    ['a padded key', `${LINE}=`],
    ['a word too many', `${LINE} spare`],
    ['a date that is none', LINE.replace('2026-01', '2026-13')],
    ['one bad line among good ones', `${LINE}\nrubbish\n${LINE}`],
  ] as const)
    test(`refuses ${name} without quoting it`, () => {
      const refusal = refusalOf(() => parseRootKeyFile(text))
      expect(refusal).toMatchObject({ code: 'root_key_unusable' })
      expect(String(refusal)).not.toContain(KEY.slice(0, 20))
    })
})

function refusalOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error
  }
}
