import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { endUser } from '../../sessions/ending/end.ts'
import { forgetLogin } from '../interactions/browser-login.ts'
import { showLoggedOut } from '../interactions/leave.ts'
import { tellEnded } from '../interactions/outcomes.ts'
import { ACTS } from './acts.ts'
import type { AccountDeps } from './deps.ts'
import { openAct } from './proven-act.ts'

const ACT = {
  action: ACTS.endAll,
  form: z.object({}),
  reason: 'You are logging out everywhere, here too. Your password confirms it.',
}

/** Logs out everywhere, this browser included; offline sessions stay. */
export function postEndAll(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const act = await openAct(deps, ctx, ACT)
    if (!act) return
    const by = { kind: 'user', id: act.userId } as const
    const ended = await endUser(deps, act.userId, { cause: 'logout_everywhere', by })
    forgetLogin(deps, ctx)
    tellEnded(ended, 'logout_everywhere')
    showLoggedOut(deps, ctx, { workspaceName: null, back: null })
  }
}
