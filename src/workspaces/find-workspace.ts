import type { Sql } from '../database/sql.ts'
import { parseId } from '../ids.ts'
import { isSlug, type Workspace } from './workspace.ts'
import { selectActiveWorkspace, selectActiveWorkspaceBySlug } from './workspace-store.ts'

/** The active workspace of a `wsp_…` identifier or a slug; an archived one is not found. */
export async function findWorkspace(db: Sql, idOrSlug: string): Promise<Workspace | null> {
  const id = parseId('wsp', idOrSlug)
  if (id !== null) return selectActiveWorkspace(db, id)
  return isSlug(idOrSlug) ? selectActiveWorkspaceBySlug(db, idOrSlug) : null
}
