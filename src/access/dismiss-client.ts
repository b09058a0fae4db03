import { type Admission, dismissClient } from '../clients/admissions.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { EndedSession } from '../sessions/ending/end.ts'
import { endSessionsOfService } from '../sessions/ending/end-service.ts'

/** Takes a service's admission to a workspace back, and ends what it held there, in one transaction. */
export function dismissFromWorkspace(
  deps: { readonly db: Db },
  admission: Admission,
): Promise<readonly EndedSession[]> {
  return transaction(deps.db, async (tx) => {
    if (!(await dismissClient(tx, admission))) return []
    const ending = { cause: 'client_removed', by: admission.by } as const
    return endSessionsOfService({ db: tx }, admission, ending)
  })
}
