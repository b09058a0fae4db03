import { type Admission, dismissClient } from '../clients/admissions.ts'
import type { Db } from '../database/transaction.ts'
import { transaction } from '../database/transaction.ts'
import { type EndedSession, endSessions } from '../sessions/ending/end.ts'
import { serviceSessionsIn } from '../sessions/service-sessions.ts'

/** Takes a service's admission to a workspace back, and ends what it held there, in one transaction. */
export function dismissFromWorkspace(
  deps: { readonly db: Db },
  admission: Admission,
): Promise<readonly EndedSession[]> {
  return transaction(deps.db, async (tx) => {
    if (!(await dismissClient(tx, admission))) return []
    const ids = await serviceSessionsIn(tx, admission)
    const ending = { cause: 'member_removed', by: admission.by } as const
    return endSessions({ db: tx }, { by: 'ids', value: ids }, ending)
  })
}
