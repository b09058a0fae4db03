import { createPolicies } from '../../../src/decisions/policies.ts'
import { setPolicy } from '../../../src/decisions/set-policy.ts'
import { LEVEL_RULES } from '../../../src/sessions/login/level-rules.ts'
import { expect, test } from '../../support/database.ts'

const YEAR = 31_536_000
const LOOSE = {
  idleTimeout: YEAR,
  maxDuration: YEAR,
  absoluteTimeout: YEAR,
  tokenLifetime: YEAR,
  maxRenewals: 10,
  maxElevation: YEAR,
  elevationReason: false,
  elevationApproval: false,
}

const about = (acr: string | null) => ({ workspaceId: 'w', clientId: null, roles: [], acr })

test.describe('the rules of a level (NIST SP 800-63B-4 §2)', () => {
  for (const [acr, idle, absolute] of [
    [null, YEAR, YEAR],
    ['urn:sojourn:aal1', YEAR, 30 * 86_400],
    ['urn:sojourn:aal2', 3_600, 86_400],
  ] as const)
    test(`${acr ?? 'of none'} hold on a server that says nothing`, async ({ database }) => {
      const policies = createPolicies({ db: database.db, server: LOOSE, builtIn: LEVEL_RULES })
      const { rules, origins } = await policies.effectiveFor(about(acr))
      expect([rules.idleTimeout, rules.absoluteTimeout]).toEqual([idle, absolute])
      const origin = acr ? { level: 'acr', subject: acr } : { level: 'server', subject: '' }
      expect(origins.absoluteTimeout).toEqual(origin)
    })

  test('give way to what is said of the level, and never loosen the server', async ({
    database,
  }) => {
    const policy = {
      level: 'acr',
      subject: 'urn:sojourn:aal2',
      rules: { idleTimeout: 7_200, absoluteTimeout: 172_800 },
    } as const
    await setPolicy(database.db, { policy, workspaceId: null, by: { kind: 'operator' } })
    const server = { ...LOOSE, absoluteTimeout: 90_000 }
    const policies = createPolicies({ db: database.db, server, builtIn: LEVEL_RULES })
    const { rules } = await policies.effectiveFor(about('urn:sojourn:aal2'))
    expect([rules.idleTimeout, rules.absoluteTimeout]).toEqual([7_200, 90_000])
  })
})
