import { type Db, sqlTransaction } from '../../database/transaction.ts'
import type { EffectivePolicy } from '../../decisions/policy.ts'
import type { Keyring } from '../../keys/keyring.ts'
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
 * done it. A secret that a former epoch wraps is wrapped anew on the way.
 */
export async function advanceSession(
  deps: AdvanceDeps,
  { session, generation, epochRetired }: TokenCheck,
  { rules }: EffectivePolicy,
): Promise<boolean> {
  const step = { id: session.id, generation, lifetime: rules.tokenLifetime }
  if (!epochRetired) return renewedSession(deps.db, { ...step, rewrapped: null })
  return sqlTransaction(deps.db, async (tx) => {
    const rewrapped = await deps.keyring.rewrapSessionSecret(tx, keyRowOf(session))
    return renewedSession(tx, { ...step, rewrapped })
  })
}

/** For a check that renews in passing: what the session stands at then, renewed by it or by another. */
export function selfRenewal(deps: AdvanceDeps) {
  return async (check: TokenCheck, policy: EffectivePolicy): Promise<TokenCheck> => {
    await advanceSession(deps, check, policy)
    const now = await deps.tokenChecks(check.session.id)
    return now && !now.session.refusal ? now : check
  }
}
