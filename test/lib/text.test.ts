import { expect, test } from 'playwright/test'
import { codePoints, isPlainText } from '../../src/lib/text.ts'

test.describe('plain text', () => {
  const judged: readonly [string, string, boolean][] = [
    ['is one line of any script', 'Müller & Söhne 北京', true],
    ['may be empty', '', true],
    ['may be as long as the limit', 'x'.repeat(20), true],
    ['counts code points', '🔑'.repeat(20), true],
    ['is no longer than the limit', 'x'.repeat(21), false],
    ['has no null byte', 'a\0b', false],
    ['has no line break', 'a\nb', false],
    ['has no C1 control', 'a\u0085b', false],
    ['has no lone surrogate', 'a\ud800b', false],
  ]
  for (const [name, text, verdict] of judged) {
    test(name, () => {
      expect(isPlainText(text, 20)).toBe(verdict)
    })
  }
})

test('a code point counts once, whatever its size', () => {
  expect(codePoints('aé🔑')).toBe(3)
})
