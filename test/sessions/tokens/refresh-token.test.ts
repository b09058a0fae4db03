import { randomBytes } from 'node:crypto'
import { expect, test } from 'playwright/test'
import type { FamilyId } from '../../../src/ids.ts'
import {
  formatRefreshToken,
  isAuthentic,
  parseRefreshToken,
} from '../../../src/sessions/tokens/refresh-token.ts'

const refreshKey = Buffer.alloc(32, 1)
const checkKey = Buffer.alloc(32, 2)
const family = '0197f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e0f' as FamilyId
const token = formatRefreshToken({ refreshKey, checkKey }, family, 7)

test.describe('a refresh token', () => {
  test('reads back the family and the generation', () => {
    const parsed = parseRefreshToken(checkKey, token)
    expect(parsed).toMatchObject({ familyId: family, generation: 7 })
    expect(isAuthentic(refreshKey, parsed!)).toBe(true)
  })

  test('is the same whenever it is derived again', () => {
    expect(formatRefreshToken({ refreshKey, checkKey }, family, 7)).toBe(token)
  })

  test('is another for another generation, family or key', () => {
    const other = '0197f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e10' as FamilyId
    const all = [
      token,
      formatRefreshToken({ refreshKey, checkKey }, family, 8),
      formatRefreshToken({ refreshKey, checkKey }, other, 7),
      formatRefreshToken({ refreshKey: Buffer.alloc(32, 3), checkKey }, family, 7),
    ]
    expect(new Set(all).size).toBe(4)
  })

  test('of another session is not authentic', () => {
    const parsed = parseRefreshToken(checkKey, token)!
    expect(isAuthentic(Buffer.alloc(32, 9), parsed)).toBe(false)
  })

  test('is refused when any one letter differs', () => {
    for (let at = 0; at < token.length; at++) {
      const letter = token[at] === 'A' ? 'B' : 'A'
      const changed = token.slice(0, at) + letter + token.slice(at + 1)
      expect(parseRefreshToken(checkKey, changed), changed).toBeNull()
    }
  })

  for (const [name, spelling] of [
    ['padding', `${token}=`],
    ['a trailing dot', `${token}.`],
    ['white space', ` ${token}`],
    ['a new line', `${token}\n`],
    ['a leading zero', token.replace('.7.', '.07.')],
    ['nothing', ''],
    ['a megabyte', 'srt_'.padEnd(1_000_000, 'a')],
    ['noise', `srt_${randomBytes(60).toString('base64url')}`],
  ] as const) {
    test(`is refused with ${name}`, () => {
      expect(parseRefreshToken(checkKey, spelling)).toBeNull()
    })
  }
})
