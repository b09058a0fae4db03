import type { Context } from 'koa'
import type { Db } from '../../database/transaction.ts'
import { type EndedSession, endLogin, endSession } from '../../sessions/ending/end.ts'
import type { Login } from '../../sessions/login/login.ts'
import type { CheckedSession } from '../../sessions/session.ts'
import type { Pages } from '../pages.ts'
import type { Link } from '../view-models.ts'
import { type BrowserDeps, forgetLogin } from './browser-login.ts'
import { tellEnded } from './outcomes.ts'
import { show } from './show.ts'

export interface LeaveDeps extends BrowserDeps {
  readonly db: Db
  readonly pages: Pages
}

/** Logs this browser out: its login ends with all its sessions. */
export async function leaveLogin(deps: LeaveDeps, ctx: Context, login: Login): Promise<void> {
  const by = { kind: 'user', id: login.userId } as const
  const ended = await endLogin(deps, login.id, { cause: 'logout', by })
  forgetLogin(deps, ctx)
  tellEnded(ended, 'logout')
}

/** Leaves some workspaces; the login goes on, and coming back to them needs a fresh proof. */
export async function leaveSessions(
  deps: LeaveDeps,
  { userId }: Login,
  sessions: readonly Pick<CheckedSession, 'id'>[],
): Promise<void> {
  const by = { kind: 'user', id: userId } as const
  const ended: EndedSession[] = []
  for (const { id } of sessions) {
    const gone = await endSession(deps, id, { cause: 'left_workspace', by })
    if (gone) ended.push(gone)
  }
  tellEnded(ended, 'left_workspace')
}

/** The page that tells that it is done. */
export function showLoggedOut(
  { pages }: LeaveDeps,
  ctx: Context,
  told: { readonly workspaceName: string | null; readonly back: Link | null },
): void {
  show(ctx, pages, { page: 'logged-out', model: { ...told, loginHref: '/account' } })
}
