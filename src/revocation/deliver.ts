import { channel } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import { sidFor, subjectFor } from '../clients/subject.ts'
import type { BackchannelConfig, KeysConfig } from '../config/config.ts'
import type { Db } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { ServerKeys } from '../keys/data-keys.ts'
import type { SigningKeySet } from '../keys/signing-keys.ts'
import type { Log } from '../log.ts'
import type { ClaimedDelivery, LogoutClient } from './delivery.ts'
import { mintLogoutToken } from './logout-token.ts'
import { type Resolve, systemResolve } from './outbound.ts'
import type { Outcome } from './outcome.ts'
import { recordOutcome } from './record-outcome.ts'
import { sendDelivery } from './send-delivery.ts'
import { parseAllowed } from './target.ts'

export interface DeliverDeps {
  readonly db: Db
  readonly config: {
    readonly issuer: string
    readonly backchannel: BackchannelConfig
    readonly keys: { readonly signing: Pick<KeysConfig['signing'], 'alg'> }
  }
  readonly serverKeys: Pick<ServerKeys, 'durableHash'>
  readonly signingKeys: () => Promise<Pick<SigningKeySet, 'active'>>
  readonly resolve?: Resolve
  readonly log: Pick<Log, 'error'>
}

const outcomes = channel('sojourn:outcome')

/** Makes one attempt at a claimed delivery, writes what became of it and tells monitoring. */
export async function deliver(deps: DeliverDeps, delivery: ClaimedDelivery): Promise<void> {
  const outcome = await attempt(deps, delivery).catch((error: unknown): Outcome => {
    deps.log.error({ err: error, delivery: delivery.id }, 'an attempt at a delivery broke')
    return { failure: 'internal_error', retry: true }
  })
  const { retryFor } = deps.config.backchannel
  const written = await whileUnavailable(() =>
    recordOutcome(deps.db, retryFor, { delivery, outcome }),
  )
  if (written) outcomes.publish(written)
}

async function attempt(deps: DeliverDeps, delivery: ClaimedDelivery): Promise<Outcome> {
  const { client } = delivery
  if (!client) return { failure: 'client_gone', retry: false }
  const uri = client.metadata.backchannel_logout_uri
  if (!uri) return { failure: 'no_logout_uri', retry: false }

  const { allow, timeout } = deps.config.backchannel
  const token = await tokenFor(deps, client, delivery)
  const resolve = deps.resolve ?? systemResolve
  return sendDelivery({ resolve, allowed: allow.map(parseAllowed), timeout }, uri, token)
}

async function tokenFor(
  deps: DeliverDeps,
  client: LogoutClient,
  delivery: ClaimedDelivery,
): Promise<string> {
  const { userId, sessionId, now } = delivery
  // A client validates it like its ID tokens, so it is signed like them (Back-Channel Logout §2.6).
  const alg = client.metadata.id_token_signed_response_alg ?? deps.config.keys.signing.alg
  const { active } = await deps.signingKeys()
  const key = active.find((candidate) => candidate.alg === alg)
  if (!key) throw new Error(`no key signs ${alg} for client ${client.clientId}`)

  const names = { lookup: deps.serverKeys }
  const claims = {
    issuer: deps.config.issuer,
    clientId: client.clientId,
    sub: namesPerson(client, delivery) ? userId && subjectFor(names, client, userId) : null,
    sid: sidFor(names, client, sessionId),
  }
  return mintLogoutToken(key, claims, now)
}

/**
 * Who asks for a `sid` in every logout token (Back-Channel Logout §2.2) tells sessions apart. Some
 * such libraries act on a `sub` beside it as well, and the end of one session would log the person
 * out of their others; §2.4 leaves it out freely where there is a `sid`. The end of an offline
 * session is of no browser at all, so it never names the person: whoever knows people by `sub`
 * alone would log them out.
 */
function namesPerson(
  { metadata }: LogoutClient,
  { offline }: Pick<ClaimedDelivery, 'offline'>,
): boolean {
  return !offline && metadata.backchannel_logout_session_required !== true
}

/** How long an outcome waits for a database that is away; a lease lasts longer than this and an attempt. */
export const PATIENCE = 20_000

/**
 * Writes an outcome also when the database is away for a moment: given up at once, an accepted
 * token would be sent again although nobody crashed.
 */
async function whileUnavailable<T>(write: () => Promise<T>): Promise<T> {
  const end = performance.now() + PATIENCE
  for (;;) {
    try {
      return await write()
    } catch (error) {
      const passing = error instanceof DomainError && error.code === 'unavailable'
      if (!passing || performance.now() > end) throw error
      await sleep(500)
    }
  }
}
