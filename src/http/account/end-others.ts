import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { endOtherLogins } from '../../sessions/ending/end-own.ts'
import { tellEnded } from '../interactions/outcomes.ts'
import { goOn } from '../interactions/show.ts'
import { ACTS } from './acts.ts'
import type { AccountDeps } from './deps.ts'
import { openAct } from './proven-act.ts'

const ACT = {
  action: ACTS.endOthers,
  form: z.object({}),
  reason: 'You are logging out every browser but this one. Your password confirms it.',
}

/** Logs out everywhere else; offline sessions stay. */
export function postEndOthers(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const act = await openAct(deps, ctx, ACT)
    if (!act) return
    tellEnded(await endOtherLogins(deps, act.userId, act.loginId), 'logout_everywhere')
    goOn(ctx, '/account#others')
  }
}
