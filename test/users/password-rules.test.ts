import { expect, test } from 'playwright/test'
import { parsePassword, passwordProblem } from '../../src/users/password-rules.ts'

test.describe('a password as typed', () => {
  test('is the same from every keyboard', () => {
    expect(parsePassword('cafe\u0301 au lait')).toBe('caf\u00e9 au lait')
    expect(parsePassword('one\u00a0two\u3000three')).toBe('one two three')
  })

  test('keeps its case, its spaces and its width', () => {
    expect(parsePassword('  Ａ Secret  ')).toBe('  Ａ Secret  ')
  })

  const refused: readonly [string, string][] = [
    ['nothing', ''],
    ['a null byte', 'secret\0secret'],
    ['a line break', 'secret\nsecret'],
    ['a lone surrogate', 'secret\udc00'],
    ['257 characters', 'x'.repeat(257)],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ]
  for (const [name, typed] of refused) {
    test(`cannot be ${name}`, () => {
      expect(parsePassword(typed)).toBeNull()
    })
  }

  test('may be 256 characters of four bytes', () => {
    expect(parsePassword('🔑'.repeat(256))).toBe('🔑'.repeat(256))
  })
})

test.describe('a new password', () => {
  const judged: readonly [string, string, string | null][] = [
    ['four words', 'correct horse battery staple', null],
    ['fifteen characters', 'k7#mQ2!xW9@pL4$', null],
    ['fourteen characters', 'k7#mQ2!xW9@pL4', 'too_short'],
    ['nothing', '', 'too_short'],
    ['fourteen emoji', '🔑🚪🏠🌍🌙⭐🌳🍎🐟🐦🦊🐝🌧🔥', 'too_short'],
    ['257 characters', 'abcdefgh'.repeat(40), 'too_long'],
    ['a megabyte', 'abcdefgh'.repeat(125_000), 'too_long'],
    ['one letter', 'aaaaaaaaaaaaaaaaaaaa', 'too_simple'],
    ['a pattern of four', 'abababcdcdabababcd', 'too_simple'],
    ['the username again and again', 'Anna-BergAnna-Berg1', 'too_simple'],
    ['a control character', 'correct horse\tbattery', 'malformed'],
    ['a lone surrogate', 'correct horse\ud83dbattery', 'malformed'],
  ]
  for (const [name, typed, problem] of judged) {
    test(`of ${name} is ${problem ?? 'accepted'}`, () => {
      expect(passwordProblem(typed, 'anna-berg')).toBe(problem)
    })
  }
})
