import { expect, test } from 'playwright/test'
import { withBuiltIn } from '../../src/decisions/built-in-policies.ts'
import type { Policy } from '../../src/decisions/policy.ts'

const BUILT_IN: readonly Policy[] = [
  { level: 'acr', subject: 'weak', rules: { absoluteTimeout: 100 } },
  { level: 'acr', subject: 'strong', rules: { absoluteTimeout: 10, idleTimeout: 5 } },
]

test.describe('what is built in', () => {
  test('holds where nobody says otherwise', () => {
    const stored: readonly Policy[] = [
      { level: 'workspace', subject: 'strong', rules: { idleTimeout: 1 } },
    ]
    expect(withBuiltIn(stored, BUILT_IN)).toEqual([...stored, ...BUILT_IN])
  })

  test('gives way to a rule of the same level and subject, also to a looser one', () => {
    const said: Policy = { level: 'acr', subject: 'strong', rules: { idleTimeout: 50 } }
    expect(withBuiltIn([said], BUILT_IN)).toEqual([
      { level: 'acr', subject: 'strong', rules: { absoluteTimeout: 10, idleTimeout: 50 } },
      BUILT_IN[0],
    ])
  })
})
