import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { encode } from '../crypto/base64url.ts'
import { makeSecret } from '../crypto/secret.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { ServerKeys } from '../keys/data-keys.ts'
import { Redacted } from '../lib/redacted.ts'
import { artifactAdapter } from './adapters/artifact-adapter.ts'

const KIND = 'InitialAccessToken'

interface Deps {
  readonly db: Db
  readonly serverKeys: ServerKeys
}

interface NewToken {
  /** Seconds. */
  readonly lifetime: number
  readonly by: Actor
}

/**
 * Makes a token that lets its bearers register clients until it expires (RFC 7591 §3). It is to be
 * shown this once: of it, too, only a keyed hash is stored.
 */
export async function issueInitialAccessToken(
  { db, serverKeys }: Deps,
  { lifetime, by }: NewToken,
): Promise<Redacted<string>> {
  const token = `sit_${encode(makeSecret())}`
  const iat = Math.floor(Date.now() / 1000)
  const payload = { kind: KIND, iat, exp: iat + lifetime }
  const hash = serverKeys.lookupHash(KIND, token)

  await transaction(db, async (tx) => {
    await artifactAdapter(KIND, { db: tx, serverKeys }).upsert(token, payload, lifetime)
    await appendEntry(tx, {
      action: 'initial_access_token.issued',
      actor: by,
      // Tells two of them apart, and opens nothing.
      subject: { kind: 'initial_access_token', id: hash.toString('hex', 0, 8) },
      detail: { lifetime },
    })
  })
  return new Redacted(token)
}
