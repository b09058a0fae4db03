import { expect, test } from 'playwright/test'
import { parseAccessToken } from '../../../src/sessions/tokens/access-token.ts'
import { openServiceToken, sealServiceToken } from '../../../src/sessions/tokens/service-token.ts'

/** A key for each name, so that two names never give the same. */
const keys = {
  key: (purpose: string, ...context: readonly string[]) =>
    Buffer.from([purpose, ...context].join(' ').padEnd(32, '.').slice(-32)),
}
const made = new Date('2026-03-01T23:59:50Z')

function sealedAt(at: Date): Buffer {
  return parseAccessToken(sealServiceToken(keys, { j: 'one' }, at))!.sealed
}

test.describe('the token of a service', () => {
  test('opens on the day it was made', () => {
    expect(openServiceToken(keys, sealedAt(made), made)).toEqual({ j: 'one' })
  })

  test('opens after midnight', () => {
    const after = new Date('2026-03-02T00:00:10Z')
    expect(openServiceToken(keys, sealedAt(made), after)).toEqual({ j: 'one' })
  })

  test('does not open the day after that', () => {
    const later = new Date('2026-03-03T00:00:10Z')
    expect(openServiceToken(keys, sealedAt(made), later)).toBeNull()
  })
})
