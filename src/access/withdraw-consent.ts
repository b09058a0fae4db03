import type { Consent } from '../consent/consent.ts'
import { withdrawConsent as takeBack, type Withdrawal } from '../consent/withdraw-consent.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { endConsentedGrants } from '../sessions/end-grants.ts'

/** Takes a yes back and, in the same transaction, ends everything that the client held through it. */
export function withdrawConsent(
  deps: { readonly db: Db },
  withdrawal: Withdrawal,
): Promise<Consent> {
  return transaction(deps.db, async (tx) => {
    const consent = await takeBack(tx, withdrawal)
    await endConsentedGrants(tx, consent, { cause: 'consent_withdrawn', by: withdrawal.by })
    return consent
  })
}
