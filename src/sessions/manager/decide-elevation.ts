import { appendEntry } from '../../audit/append-entry.ts'
import { type Db, transaction } from '../../database/transaction.ts'
import { DomainError } from '../../errors.ts'
import type { Elevation } from './elevation.ts'
import { type Decision, decideElevation } from './elevation-store.ts'

/**
 * A second person's yes or no to an elevation that was asked for: a member of the same workspace who
 * could be given as much. A service is no person, so it decides nothing.
 */
export async function decideOnElevation(
  deps: { readonly db: Db },
  decision: Decision,
): Promise<Elevation> {
  const { id, grant, userId, workspaceId } = decision
  return transaction(deps.db, async (tx) => {
    const decided = await decideElevation(tx, decision)
    if (!decided) throw new DomainError('not_found', 'no such elevation')
    const { sessionId, bySecond, elevation } = decided
    if (!bySecond)
      throw new DomainError('permission_denied', 'nobody agrees to their own elevation')
    if (!elevation) throw new DomainError('conflict', 'it is decided or over')
    await appendEntry(tx, {
      action: `elevation.${grant}`,
      actor: { kind: 'user', id: userId },
      subject: { kind: 'elevation', id },
      workspaceId,
      detail: { session: sessionId, permissions: [...elevation.permissions] },
    })
    return elevation
  })
}
