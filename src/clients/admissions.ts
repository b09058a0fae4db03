import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { coalesce } from '../database/coalesce.ts'
import type { Sql } from '../database/sql.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { ClientId, WorkspaceId } from '../ids.ts'
import { deleteAdmission, insertAdmission, selectAdmitted } from './admission-store.ts'

/** A service client that stands, and the active workspaces whose sessions are its to see. */
export interface Admitted {
  readonly clientId: ClientId
  readonly workspaceIds: ReadonlySet<WorkspaceId>
}

export type ReadAdmitted = (clientName: string) => Promise<Admitted | undefined>

/** Reads for the calls that come at about the same time, in one statement. */
export function admittedReader(db: Sql): ReadAdmitted {
  return coalesce((names: readonly string[]) => selectAdmitted(db, names), {
    keyOf: (name) => name,
    maxBatch: 100,
    maxInFlight: 4,
  })
}

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
