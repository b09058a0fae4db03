import type { SessionKeyRow } from '../keys/session-keys.ts'
import type { CheckedSession } from './session.ts'

type Keyed = Pick<CheckedSession, 'id' | 'workspaceId' | 'epochId' | 'secretWrapped'>

/** What the keyring must know of a session that was just read. */
export function keyRowOf(session: Keyed): SessionKeyRow {
  return {
    sessionId: session.id,
    workspaceId: session.workspaceId,
    epochId: session.epochId,
    wrapped: session.secretWrapped,
  }
}
