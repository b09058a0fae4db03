import { createPublicKey, type KeyObject, webcrypto } from 'node:crypto'
import { ExternalSigningKey } from 'oidc-provider'
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
  readonly #signer: webcrypto.CryptoKey | null

  constructor(
    { kid, alg }: { readonly kid: string; readonly alg: string },
    publicKey: KeyObject,
    active: SigningKey | null,
  ) {
    super()
    // Settable, though the types say otherwise (lib/helpers/keystore.js at v9.13).
    Object.assign(this, { kid, alg })
    this.#publicKey = publicKey
    this.#signer = active && signerOf(active)
  }

  override keyObject(): KeyObject {
    return this.#publicKey
  }

  // Off the event loop, where `crypto.sign` would hold it: a signature costs as much as a third of
  // a request. WebCrypto gives r and s side by side, as JOSE wants them (RFC 7518 §3.4).
  override async sign(data: Uint8Array): Promise<Uint8Array> {
    if (!this.#signer) throw new Error(`the key ${this.kid} does not sign`)
    const { name } = this.#signer.algorithm
    return Buffer.from(await webcrypto.subtle.sign({ name, hash: 'SHA-256' }, this.#signer, data))
  }
}

function signerOf({ alg, privateKey }: SigningKey): webcrypto.CryptoKey {
  return privateKey.toCryptoKey(ALGORITHMS[alg], false, ['sign'])
}

const ALGORITHMS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const
