import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { WorkspaceId } from '../ids.ts'
import { archive } from './workspace-store.ts'

/** Closes a workspace to everybody; its sessions are ended by the caller, in the same transaction. */
export async function archiveWorkspace(db: Db, id: WorkspaceId, by: Actor): Promise<void> {
  await transaction(db, async (tx) => {
    if (!(await archive(tx, id))) throw new DomainError('workspace_not_found', 'no such workspace')
    await appendEntry(tx, {
      action: 'workspace.archived',
      actor: by,
      subject: { kind: 'workspace', id },
      workspaceId: id,
    })
  })
}
