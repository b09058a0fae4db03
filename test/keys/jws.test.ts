import { generateKeyPairSync } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, test } from 'playwright/test'
import { signJwt } from '../../src/keys/jws.ts'

const KEYS = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const

test.describe('a token that we sign', () => {
  for (const alg of ['ES256', 'RS256'] as const)
    test(`is good by ${alg} for a library that we did not write`, async () => {
      const { privateKey, publicKey } = KEYS[alg]
      const claims = { iss: 'https://issuer.example', name: 'Zoë', left: undefined }

      const jwt = await signJwt({ kid: 'one', alg, privateKey }, claims, 'at+jwt')

      expect(decodeProtectedHeader(jwt)).toEqual({ alg, typ: 'at+jwt', kid: 'one' })
      const { payload } = await jwtVerify(jwt, publicKey)
      expect(payload).toEqual({ iss: 'https://issuer.example', name: 'Zoë' })
    })

  test('names no type where it has none', async () => {
    const { privateKey } = KEYS.ES256
    const jwt = await signJwt({ kid: 'one', alg: 'ES256', privateKey }, {})
    expect(decodeProtectedHeader(jwt)).toEqual({ alg: 'ES256', kid: 'one' })
  })
})
