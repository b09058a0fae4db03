import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import Provider, { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { insertProof } from './adapters/artifact-store.ts'
import type { OidcDeps } from './deps.ts'

/** Seconds for which a proof may claim to be good. */
const LONGEST_PROOF = 3600

type IsUnique = (issuer: string, jti: string, exp: number) => Promise<boolean>

/**
 * Asks the database and not the library: of all that show one proof at once, one is the first.
 *
 * The library refuses a DPoP proof that was shown before as it refuses a grant; a client that knows
 * RFC 9449 §5 is told that its proof was the trouble, and makes another one.
 */
export function singleUseProofs({ db }: Pick<OidcDeps, 'db'>): IsUnique {
  return async (issuer, jti, exp) => {
    const hash = createHash('sha256')
      .update(JSON.stringify([issuer, jti]))
      .digest()
    const expiresIn = exp - Math.floor(Date.now() / 1000)
    // A row that outlives all of us is no protection; RFC 7523 §3 lets us refuse such a proof.
    if (!(expiresIn <= LONGEST_PROOF)) return false
    if (await insertProof(db, hash, Math.max(1, expiresIn))) return true
    if (jti !== shownJti(Provider.ctx)) return false
    throw new errors.InvalidDpopProof('the DPoP proof was shown before')
  }
}

/** Of the request's DPoP proof, which the library has judged by then; a client assertion has one of its own. */
function shownJti(ctx: KoaContextWithOIDC | undefined): string | undefined {
  const proof = ctx?.get('DPoP')
  return proof ? decodeJwt(proof).jti : undefined
}
