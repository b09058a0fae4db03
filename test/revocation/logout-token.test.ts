import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import type { Db } from '../../src/database/transaction.ts'
import { mintLogoutToken } from '../../src/revocation/logout-token.ts'
import { expect, test } from '../support/database.ts'
import { givenKeys, ISSUER } from './given.ts'

const CLAIMS = { issuer: ISSUER, clientId: 'notes', sub: 'usr_1', sid: 'ses_1' }
const NOW = new Date('2026-01-01T00:00:00.900Z')

test.describe('a logout token', () => {
  for (const alg of ['ES256', 'RS256'])
    test(`signed with ${alg} verifies against the published keys (§2.6)`, async ({ database }) => {
      const keys = await signing(database.db)
      const token = await mintLogoutToken(keys.of(alg), CLAIMS, new Date())

      const { payload, protectedHeader } = await jwtVerify(token, keys.published, {
        issuer: ISSUER,
        audience: 'notes',
        typ: 'logout+jwt',
        algorithms: [alg],
        requiredClaims: ['iat', 'exp', 'jti'],
        maxTokenAge: 5,
      })
      expect(protectedHeader).toEqual({ alg, kid: keys.of(alg).kid, typ: 'logout+jwt' })
      expect(payload).toMatchObject({ sub: 'usr_1', sid: 'ses_1' })
      expect(payload.events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} })
      expect(payload).not.toHaveProperty('nonce')
    })

  test('lives for two minutes from now', async ({ database }) => {
    const keys = await signing(database.db)
    const { iat, exp } = decodeJwt(await mintLogoutToken(keys.of('ES256'), CLAIMS, NOW))
    expect(iat).toBe(1_767_225_600)
    expect(exp).toBe(1_767_225_720)
  })

  test('never has the jti of another', async ({ database }) => {
    const keys = await signing(database.db)
    const mint = () => mintLogoutToken(keys.of('ES256'), CLAIMS, NOW)
    const ids = (await Promise.all([mint(), mint(), mint()])).map((token) => decodeJwt(token).jti)
    expect(new Set(ids).size).toBe(3)
    for (const jti of ids) expect(jti).toMatch(/^[\w-]{43}$/)
  })

  test('of a session without a user tells the sid alone', async ({ database }) => {
    const keys = await signing(database.db)
    const token = await mintLogoutToken(keys.of('ES256'), { ...CLAIMS, sub: null }, NOW)
    expect(decodeJwt(token)).not.toHaveProperty('sub')
    expect(decodeJwt(token).sid).toBe('ses_1')
  })
})

async function signing(db: Db) {
  const { active, published } = await (await givenKeys(db)).signingKeys()
  return {
    of: (alg: string) => active.find((key) => key.alg === alg)!,
    published: createLocalJWKSet({ keys: [...published] }),
  }
}
