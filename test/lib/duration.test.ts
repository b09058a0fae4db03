import { expect, test } from 'playwright/test'
import { parseDuration } from '../../src/lib/duration.ts'

test.describe('reading a duration', () => {
  const durations: readonly [string, number][] = [
    ['0s', 0],
    ['45s', 45],
    ['30m', 1_800],
    ['8h', 28_800],
    ['7d', 604_800],
    ['90d', 7_776_000],
  ]
  for (const [text, seconds] of durations) {
    test(`takes ${text} as ${seconds} seconds`, () => {
      expect(parseDuration(text)).toBe(seconds)
    })
  }

  const nonsense = [
    '',
    '30',
    'm',
    '-1m',
    '1.5h',
    '1 h',
    '1h30m',
    '01m',
    '1M',
    '1w',
    '9999999999s',
    '1h\n',
  ]
  for (const text of nonsense) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseDuration(text)).toThrow(TypeError)
    })
  }
})
