import { type Actor, appendEntry } from '../audit/append-entry.ts'
import type { Sql } from '../database/sql.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { ClientId, WorkspaceId } from '../ids.ts'
import { deleteAdmission, insertAdmission } from './admission-store.ts'

export interface Admission {
  readonly clientId: ClientId
  readonly workspaceId: WorkspaceId
  readonly by: Actor
}

/** Lets a service see, make and end the sessions of a workspace; false where it could already. */
export function admitClient(db: Db, admission: Admission): Promise<boolean> {
  const { clientId, workspaceId } = admission
  return transaction(db, async (tx) => {
    if (!(await insertAdmission(tx, clientId, workspaceId))) return false
    await tell(tx, 'client.admitted', admission)
    return true
  })
}

/** Takes it back; the sessions that the service itself held there are ended by the caller. */
export function dismissClient(db: Db, admission: Admission): Promise<boolean> {
  const { clientId, workspaceId } = admission
  return transaction(db, async (tx) => {
    if (!(await deleteAdmission(tx, clientId, workspaceId))) return false
    await tell(tx, 'client.dismissed', admission)
    return true
  })
}

function tell(tx: Sql, action: string, { clientId, workspaceId, by }: Admission): Promise<void> {
  return appendEntry(tx, {
    action,
    actor: by,
    subject: { kind: 'client', id: clientId },
    workspaceId,
  })
}
