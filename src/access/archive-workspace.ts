import type { Actor } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { WorkspaceId } from '../ids.ts'
import { clearWorkspace, closeWorkspace, type EndedSession } from '../sessions/ending/end.ts'
import { archiveWorkspace as close } from '../workspaces/archive-workspace.ts'

/** Closes a workspace to everybody and ends all sessions in it. */
export async function archiveWorkspace(
  deps: { readonly db: Db },
  id: WorkspaceId,
  by: Actor,
): Promise<EndedSession[]> {
  const ending = { cause: 'workspace_archived', by } as const

  await transaction(deps.db, async (tx) => {
    await close(tx, id, by)
    await closeWorkspace(tx, id)
  })
  return clearWorkspace(deps, id, ending)
}
