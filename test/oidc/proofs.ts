import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Party } from '../support/relying-party.ts'

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Makes proofs that whoever asks the token endpoint holds one and the same key (RFC 9449). */
export async function dpopProofs(issuer: string): Promise<() => Promise<{ dpop: string }>> {
  const pair = await generateKeyPair('ES256')
  const jwk = await exportJWK(pair.publicKey)
  const sign = () =>
    new SignJWT({ htm: 'POST', htu: `${issuer}/oauth2/token`, jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(pair.privateKey)
  return async () => ({ dpop: await sign() })
}

/** What registers a client that proves itself by a key, and what then proves it (RFC 7523). */
export async function assertions() {
  const pair = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }
  const sign = ({ clientId }: Party, audience: string) =>
    new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(pair.privateKey)
  return {
    metadata: { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } },
    assertionOf: async (party: Party, audience = party.issuer) => ({
      client_assertion: await sign(party, audience),
      client_assertion_type: ASSERTION,
    }),
  }
}
