import { type Actor, appendEntry, type Json } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { WorkspaceId } from '../ids.ts'
import type { Policy } from './policy.ts'
import { deletePolicy, savePolicy } from './policy-store.ts'

export interface PolicyChange {
  readonly policy: Policy
  /** Whose audit it belongs to; null for a policy of more than one. */
  readonly workspaceId: WorkspaceId | null
  readonly by: Actor
}

/** Sets what one level says, in place of what it said; running sessions follow within a minute. */
export async function setPolicy(db: Db, { policy, workspaceId, by }: PolicyChange): Promise<void> {
  await transaction(db, async (tx) => {
    await savePolicy(tx, policy)
    await appendEntry(tx, {
      action: 'policy.set',
      actor: by,
      subject: subjectOf(policy),
      workspaceId,
      detail: { rules: policy.rules as Record<string, Json> },
    })
  })
}

/** A level that says nothing any more; sessions that were cut short stay so. */
export async function removePolicy(
  db: Db,
  { policy, workspaceId, by }: PolicyChange,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    if (!(await deletePolicy(tx, policy))) return false
    await appendEntry(tx, {
      action: 'policy.removed',
      actor: by,
      subject: subjectOf(policy),
      workspaceId,
    })
    return true
  })
}

function subjectOf({ level, subject }: Policy) {
  return { kind: 'policy', id: subject === '' ? level : `${level}:${subject}` } as const
}
