import { expect, test } from 'playwright/test'
import { agoWords, durationWords, inWords } from '../../src/http/time-words.ts'

test.describe('telling how long something takes', () => {
  const cases = [
    [1, '1 second'],
    [90, '90 seconds'],
    [137, '3 minutes'],
    [1800, '30 minutes'],
    [5400, '90 minutes'],
    [8 * 3600, '8 hours'],
    [24 * 3600, '1 day'],
    [90 * 24 * 3600, '90 days'],
    [50 * 3600, '50 hours'],
  ] as const
  for (const [seconds, words] of cases)
    test(`${seconds} seconds are ${words}`, () => expect(durationWords(seconds)).toBe(words))
})

test.describe('telling how long ago something was', () => {
  const now = new Date('2026-01-02T12:00:00Z')
  const cases = [
    ['2026-01-02T11:59:01Z', 'just now'],
    ['2026-01-02T11:59:00Z', '1 minute ago'],
    ['2026-01-02T09:30:00Z', '2 hours ago'],
    ['2025-12-31T12:00:00Z', '2 days ago'],
    // Another node's clock may be ahead of ours.
    ['2026-01-02T12:00:05Z', 'just now'],
  ] as const
  for (const [at, words] of cases)
    test(`${at} is ${words}`, () => expect(agoWords(new Date(at), now)).toBe(words))
})

test.describe('telling when something ends', () => {
  const now = new Date('2026-01-02T12:00:00Z')
  const cases = [
    ['2026-01-02T12:00:59Z', 'in less than a minute'],
    ['2026-01-02T12:01:59Z', 'in 1 minute'],
    ['2026-01-02T14:30:00Z', 'in 2 hours'],
    ['2026-01-03T13:00:00Z', 'in 25 hours'],
    ['2026-02-01T11:59:59Z', 'in 29 days'],
    // Over already, and nothing has marked it yet.
    ['2026-01-02T11:00:00Z', 'in less than a minute'],
  ] as const
  for (const [at, words] of cases)
    test(`${at} is ${words}`, () => expect(inWords(new Date(at), now)).toBe(words))
})
