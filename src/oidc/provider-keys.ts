import { createPublicKey, type KeyObject } from 'node:crypto'
import { ExternalSigningKey } from 'oidc-provider'
import { signatureOf } from '../keys/jws.ts'
import type { SigningKey, SigningKeySet } from '../keys/signing-keys.ts'

/**
 * The signing keys as the library takes them, the active ones first: it signs with the first that
 * fits. Private keys stay handles in our hands, and retired ones have none any more.
 */
export function providerKeys({ active, published }: SigningKeySet): object[] {
  const isActive = new Map(active.map((key) => [key.kid, key]))
  const inOrder = published.toSorted(
    (a, b) => Number(isActive.has(b.kid)) - Number(isActive.has(a.kid)),
  )
  return inOrder.map((jwk) => {
    const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    return new OwnSigningKey(jwk, publicKey, isActive.get(jwk.kid) ?? null)
  })
}

class OwnSigningKey extends ExternalSigningKey {
  readonly #publicKey: KeyObject
  readonly #active: SigningKey | null

  constructor(
    { kid, alg }: { readonly kid: string; readonly alg: string },
    publicKey: KeyObject,
    active: SigningKey | null,
  ) {
    super()
    // Settable, though the types say otherwise (lib/helpers/keystore.js at v9.13).
    Object.assign(this, { kid, alg })
    this.#publicKey = publicKey
    this.#active = active
  }

  override keyObject(): KeyObject {
    return this.#publicKey
  }

  override async sign(data: Uint8Array): Promise<Uint8Array> {
    if (!this.#active) throw new Error(`the key ${this.kid} does not sign`)
    return signatureOf(this.#active, data)
  }
}
