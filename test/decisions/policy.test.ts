import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import { appliesTo, LIMIT_NAMES, type Policy, strictest } from '../../src/decisions/policy.ts'

const SERVER = {
  idleTimeout: 1800,
  maxDuration: 86_400,
  absoluteTimeout: 604_800,
  tokenLifetime: 28_800,
  maxRenewals: 10,
  maxElevation: 28_800,
  elevationReason: false,
  elevationApproval: false,
}

test.describe('the strictest policy', () => {
  test('takes each rule from whoever limits most, and says who', () => {
    const { rules, origins } = strictest(SERVER, [
      { level: 'workspace', subject: 'w', rules: { idleTimeout: 900, maxRenewals: 20 } },
      { level: 'role', subject: 'w/kiosk', rules: { idleTimeout: 300, elevationReason: true } },
      { level: 'acr', subject: 'urn:sojourn:aal2', rules: { idleTimeout: 300 } },
    ])
    expect(rules).toEqual({ ...SERVER, idleTimeout: 300, elevationReason: true })
    expect(origins.idleTimeout).toEqual({ level: 'role', subject: 'w/kiosk' })
    expect(origins.maxRenewals).toEqual({ level: 'server', subject: '' })
    expect(origins.elevationReason).toEqual({ level: 'role', subject: 'w/kiosk' })
  })

  test('is never looser than any that applies, in whatever order they come', () => {
    const policy: fc.Arbitrary<Policy> = fc.record({
      level: fc.constantFrom('workspace', 'client', 'role', 'acr'),
      subject: fc.constant('x'),
      rules: fc.dictionary(fc.constantFrom(...LIMIT_NAMES), fc.integer({ min: 1, max: 1_000_000 })),
    })
    fc.assert(
      fc.property(fc.array(policy), (policies) => {
        const { rules } = strictest(SERVER, policies)
        for (const name of LIMIT_NAMES)
          expect(rules[name]).toBe(
            Math.min(SERVER[name], ...policies.map(({ rules: said }) => said[name] ?? Infinity)),
          )
        expect(strictest(SERVER, policies.toReversed()).rules).toEqual(rules)
      }),
    )
  })

  test('knows whom a level is about', () => {
    const to = { workspaceId: 'w', clientId: 'c', roles: ['admin'], acr: 'aal2' }
    const about = (level: Policy['level'], subject: string) => appliesTo({ level, subject }, to)
    expect(about('role', 'w/admin')).toBe(true)
    expect(about('role', 'v/admin')).toBe(false)
    expect(about('client', 'c')).toBe(true)
    expect(about('acr', 'aal1')).toBe(false)
    expect(about('server', '')).toBe(true)
  })
})
