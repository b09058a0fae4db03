import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { parseId } from '../../ids.ts'
import { sessionsOfLogin } from '../../sessions/sessions-of.ts'
import { browserLogin } from '../interactions/browser-login.ts'
import { leaveSessions } from '../interactions/leave.ts'
import { goOn } from '../interactions/show.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import type { AccountDeps } from './deps.ts'
import { scopeOf } from './scope.ts'

const form = z.object({ session: z.string().max(64) })

/** Ends a session of this browser. Another login's is not found, and one that is over is no error. */
export function postEnd(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const login = await browserLogin(deps, ctx)
    if (!login) return goOn(ctx, '/login')
    await deps.csrf.check(ctx, scopeOf(login))
    const id = parseId('ses', parse(form, await readForm(ctx)).session)
    const sessions = await sessionsOfLogin(deps.db, login.id)
    await leaveSessions(
      deps,
      login,
      sessions.filter((session) => session.id === id),
    )
    goOn(ctx, '/account')
  }
}
