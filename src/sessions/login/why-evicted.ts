import type { Sql } from '../../database/sql.ts'
import type { LoginId, WorkspaceId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { type EvictionRow, evictionByCookie, evictionOfSession } from './eviction-store.ts'
import { cookieHash } from './login-cookie.ts'

/** That a login or a session made room, for its own person. */
export interface Evicted {
  /** For another that came, by the person's own choice, or because fewer are allowed now. */
  readonly because: 'replaced' | 'chosen' | 'lowered'
  readonly at: Date
  /** The database's time of this reading. */
  readonly now: Date
}

/** Whether the login that a browser's cookie stood for made room for another; null for any other cookie. */
export async function whyLoggedOut(
  deps: { readonly db: Sql; readonly serverKeys: Pick<ServerKeys, 'lookupHash'> },
  cookie: string,
): Promise<Evicted | null> {
  return evictedOf(await evictionByCookie(deps.db, cookieHash(deps, cookie)))
}

/** Whether the last session that a login had in a workspace made room for another. */
export async function whyLeft(
  deps: { readonly db: Sql },
  loginId: LoginId,
  workspaceId: WorkspaceId,
): Promise<Evicted | null> {
  return evictedOf(await evictionOfSession(deps.db, loginId, workspaceId))
}

function evictedOf(row: EvictionRow | null): Evicted | null {
  if (!row) return null
  const { because, ended_at: at, read_at: now } = row
  const known = because === 'chosen' || because === 'lowered' ? because : 'replaced'
  return { because: known, at, now }
}
