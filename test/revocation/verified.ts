import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { expect } from 'playwright/test'
import type { DeliverDeps } from '../../src/revocation/deliver.ts'
import { givenKeys, ISSUER } from './given.ts'

/** What a careful client does with a logout token (Back-Channel Logout 1.0 §2.6). */
export async function verified(deps: DeliverDeps, token: string, audience: string) {
  const { published } = await (await givenKeys(deps.db)).signingKeys()
  const keys = createLocalJWKSet({ keys: [...published] })
  const result = await jwtVerify(token, keys, {
    issuer: ISSUER,
    audience,
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'exp', 'jti', 'sid', 'events'],
    maxTokenAge: 120,
  })
  expect(result.payload.events).toEqual({
    'http://schemas.openid.net/event/backchannel-logout': {},
  })
  expect(result.payload).not.toHaveProperty('nonce')
  expect(decodeProtectedHeader(token).kid).toBeTruthy()
  return result
}
