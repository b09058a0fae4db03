import type { Db } from '../../database/transaction.ts'
import type { SessionId } from '../../ids.ts'
import { type PageFilter, selectPage } from './page-store.ts'
import { type SessionView, viewOf } from './session-view.ts'
import type { TokenCheck } from './token-check.ts'
import { checkSessionTokens } from './token-check-store.ts'

export type { PageFilter } from './page-store.ts'

export interface Page {
  readonly sessions: readonly SessionView[]
  /** Where the next page begins; null after the last. */
  readonly next: SessionId | null
}

const MOST = 200

/**
 * One page of sessions, the youngest first. What time has ended and nothing has marked yet is left
 * out of the live ones, so a page may be shorter than asked for and not be the last.
 */
export async function pageSessions(
  db: Db,
  ask: { readonly filter: PageFilter; readonly after: SessionId | null; readonly limit: number },
): Promise<Page> {
  const limit = Math.min(ask.limit, MOST)
  const ids = await selectPage(db, { ...ask, limit: limit + 1 })
  const shown = ids.slice(0, limit)
  const checks = await checkSessionTokens(db, shown)
  const isMeant = ({ session }: TokenCheck) =>
    ask.filter.state !== 'live' || session.refusal === null
  return {
    sessions: shown
      .flatMap((id) => checks.get(id) ?? [])
      .filter(isMeant)
      .map(viewOf),
    next: ids.length > limit ? (shown.at(-1) ?? null) : null,
  }
}
