import { withdrawConsent as takeBack, type Withdrawal } from '../consent/withdraw-consent.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { EndedSession } from '../sessions/ending/end.ts'
import { endConsentedGrants } from '../sessions/ending/end-grants.ts'

/**
 * Takes a yes back and, in the same transaction, ends everything that the client held through it;
 * tells which sessions that ended.
 */
export function withdrawConsent(
  deps: { readonly db: Db },
  withdrawal: Withdrawal,
): Promise<readonly EndedSession[]> {
  return transaction(deps.db, async (tx) => {
    const consent = await takeBack(tx, withdrawal)
    const ending = { cause: 'consent_withdrawn', by: withdrawal.by } as const
    return (await endConsentedGrants(tx, consent, ending)).sessions
  })
}
