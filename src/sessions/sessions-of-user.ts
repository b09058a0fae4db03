import type { Sql } from '../database/sql.ts'
import type { UserId } from '../ids.ts'
import type { Keyring } from '../keys/keyring.ts'
import { type Context, openContext } from './context/context.ts'
import type { CheckedSession } from './session.ts'
import { toCheckedSession } from './session-store.ts'
import { type HeldAsk, type HeldSessionRow, heldByUser } from './sessions-of-store.ts'

interface Deps {
  readonly db: Sql
  readonly keyring: Pick<Keyring, 'sessionKey'>
}

/** A session as its own person may see it. */
export interface HeldSession extends CheckedSession {
  /** By name, as people know them. */
  readonly applications: readonly string[]
  /** Of one that a service made, the service's name. */
  readonly service: string | null
  /** Where it began; empty when that cannot be told. */
  readonly context: Context
}

/** Sessions of a person: of some browsers, and of those outside of any. The last used come first. */
export async function sessionsOfUser(
  deps: Deps,
  userId: UserId,
  ask: HeldAsk,
): Promise<HeldSession[]> {
  const rows = await heldByUser(deps.db, userId, ask)
  return Promise.all(
    rows.map(async (row) => ({
      ...toCheckedSession(row),
      applications: row.applications ?? [],
      service: row.service,
      context: await contextOf(deps, row),
    })),
  )
}

// A key that does not open, for whatever reason, costs a line of the page and not the page.
async function contextOf({ keyring }: Deps, row: HeldSessionRow): Promise<Context> {
  if (!row.context_sealed) return {}
  const { session_id: sessionId, workspace_id: workspaceId, epoch_id: epochId } = row
  try {
    const place = { sessionId, workspaceId, epochId, wrapped: row.secret_wrapped }
    const key = await keyring.sessionKey(place, 'data')
    return openContext(key, ['session', sessionId], row.context_sealed)
  } catch {
    return {}
  }
}
