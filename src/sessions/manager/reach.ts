import type { UserId, WorkspaceId } from '../../ids.ts'
import type { CheckedSession } from '../session.ts'

/** Whose sessions a caller may see and end; what is beyond it is not found. */
export type Reach =
  /** A service, in the workspaces that it was admitted to. */
  | { readonly of: 'workspaces'; readonly workspaceIds: ReadonlySet<WorkspaceId> }
  /** A person with their own, in the one workspace that their token opens. */
  | { readonly of: 'user'; readonly userId: UserId; readonly workspaceId: WorkspaceId }

/** Without a reach, who asks is the server itself. */
export function reaches(
  reach: Reach | undefined,
  session: Pick<CheckedSession, 'workspaceId' | 'userId'>,
): boolean {
  if (!reach) return true
  if (reach.of === 'workspaces') return reach.workspaceIds.has(session.workspaceId)
  return session.userId === reach.userId && session.workspaceId === reach.workspaceId
}

/** The workspaces of a reach. */
export function workspacesOfReach(reach: Reach): readonly WorkspaceId[] {
  return reach.of === 'workspaces' ? [...reach.workspaceIds] : [reach.workspaceId]
}
