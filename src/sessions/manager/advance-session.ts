import type { Sql } from '../../database/sql.ts'
import { type Db, sqlTransaction } from '../../database/transaction.ts'
import type { EffectivePolicy } from '../../decisions/policy.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { WrappedSessionSecret } from '../../keys/session-keys.ts'
import { keyRowOf } from '../session-key-row.ts'
import { renewedSession } from './renew-store.ts'
import type { ReadTokenCheck, TokenCheck } from './token-check.ts'

export interface AdvanceDeps {
  readonly db: Db
  readonly keyring: Pick<Keyring, 'rewrapSessionSecret'>
  readonly tokenChecks: ReadTokenCheck
}

/**
 * Moves a session to its next token, if it still has the one that was read: whoever is first has
 * done it, and gets what the session stands at then. A secret that a former epoch wraps is wrapped
 * anew on the way.
 */
export async function advanceSession(
  deps: AdvanceDeps,
  check: TokenCheck,
  policy: EffectivePolicy,
): Promise<TokenCheck | null> {
  if (!check.epochRetired) return advance(deps.db, check, { policy, rewrapped: null })
  return sqlTransaction(deps.db, async (tx) => {
    const rewrapped = await deps.keyring.rewrapSessionSecret(tx, keyRowOf(check.session))
    return advance(tx, check, { policy, rewrapped })
  })
}

interface Advance {
  readonly policy: EffectivePolicy
  readonly rewrapped: WrappedSessionSecret | null
}

async function advance(
  db: Sql,
  check: TokenCheck,
  { policy, rewrapped }: Advance,
): Promise<TokenCheck | null> {
  const { session, generation } = check
  const lifetime = policy.rules.tokenLifetime
  const written = await renewedSession(db, { id: session.id, generation, lifetime, rewrapped })
  if (!written) return null
  const { issuedAt, expiresAt, lastSeenAt, readAt } = written
  const secret = rewrapped && { epochId: rewrapped.epochId, secretWrapped: rewrapped.wrapped }
  return {
    ...check,
    session: { ...session, ...secret, lastSeenAt, readAt },
    generation: generation + 1,
    issuedAt,
    expiresAt,
    epochRetired: rewrapped ? false : check.epochRetired,
  }
}

/** For a check that renews in passing: what the session stands at then, renewed by it or by another. */
export function selfRenewal(deps: AdvanceDeps) {
  return async (check: TokenCheck, policy: EffectivePolicy): Promise<TokenCheck> => {
    const renewed = await advanceSession(deps, check, policy)
    if (renewed) return renewed
    const now = await deps.tokenChecks(check.session.id)
    return now && !now.session.refusal ? now : check
  }
}
