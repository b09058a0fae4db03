import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import { isExternalId, parseUsername } from '../../src/users/user.ts'

test.describe('a username', () => {
  const forms: readonly [string, string][] = [
    ['anna', 'anna'],
    ['  Anna ', 'anna'],
    ['Anna.Berg+x@Example.COM', 'anna.berg+x@example.com'],
    ['Ａｎｎａ', 'anna'],
    ['ﬁona', 'fiona'],
    ['Jürgen', 'jürgen'],
    ['ЮЛИЯ', 'юлия'],
    ['李小龙', '李小龙'],
    ['a'.repeat(128), 'a'.repeat(128)],
  ]
  for (const [typed, stored] of forms) {
    test(`is "${stored.slice(0, 30)}" when "${typed.slice(0, 30)}" is typed`, () => {
      expect(parseUsername(typed)).toBe(stored)
    })
  }

  const refused: readonly [string, string][] = [
    ['nothing', ''],
    ['only spaces', '   '],
    ['a space within', 'anna berg'],
    ['a null byte', 'an\0na'],
    ['a line break', 'an\nna'],
    ['a lone surrogate', 'an\ud800na'],
    ['an invisible character', 'an\u200bna'],
    ['a change of direction', 'an\u202ena'],
    ['an emoji', 'anna🙂'],
    ['129 letters', 'a'.repeat(129)],
    ['letters that grow beyond 128 when normalised', 'ﷺ'.repeat(60)],
    ['a megabyte', 'a'.repeat(1_000_000)],
  ]
  for (const [name, typed] of refused) {
    test(`refuses ${name}`, () => {
      expect(parseUsername(typed)).toBeNull()
    })
  }

  test('is the same when it is typed as it is stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (typed) => {
        const username = parseUsername(typed)
        if (username !== null) expect(parseUsername(username)).toBe(username)
      }),
    )
  })
})

test.describe('an external id', () => {
  test('is visible ASCII, compared as it is', () => {
    expect(isExternalId('Directory|00u1a2B3')).toBe(true)
    expect(isExternalId('')).toBe(false)
    expect(isExternalId('two words')).toBe(false)
    expect(isExternalId('a\0')).toBe(false)
    expect(isExternalId('x'.repeat(256))).toBe(false)
  })
})
