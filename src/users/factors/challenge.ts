import { decodeStrict, encode } from '../../crypto/base64url.ts'
import { makeSecret } from '../../crypto/secret.ts'
import type { Sql } from '../../database/sql.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { spendChallenge } from './passkey-store.ts'
import { openTicket, sealTicket } from './ticket.ts'

/** As long as a person may leave a login page open, and as an interaction lasts. */
const LIFETIME = 600

export interface Challenge {
  readonly bytes: Buffer
  /** What the form carries, so that nothing has to be remembered of a page that only was shown. */
  readonly ticket: string
}

/** A challenge for one form of one browser. */
export function makeChallenge({ data }: Pick<ServerKeys, 'data'>, scope: string): Challenge {
  const bytes = makeSecret()
  const content = { challenge: encode(bytes) }
  const ticket = sealTicket(data, place(scope), { content, seconds: LIFETIME })
  return { bytes, ticket }
}

interface Keys {
  readonly serverKeys: Pick<ServerKeys, 'data' | 'lookupHash'>
}

/** The challenge that a form brought back, if it was made for it. */
export function openChallenge({ serverKeys }: Keys, scope: string, ticket: string): Buffer | null {
  const opened = openTicket<{ challenge: string }>(serverKeys.data, place(scope), ticket)
  return opened && decodeStrict(opened.challenge)
}

/**
 * Whether nobody has spent it: an answer that was overheard is no answer again. It comes after the
 * signature was judged, so that no junk makes a row.
 */
export function isFirstUse(
  { db, serverKeys }: Keys & { readonly db: Sql },
  challenge: Buffer,
): Promise<boolean> {
  const hash = serverKeys.lookupHash('passkey-challenge', encode(challenge))
  return spendChallenge(db, hash, LIFETIME)
}

function place(scope: string) {
  return { kind: 'passkey-challenge', scope } as const
}
