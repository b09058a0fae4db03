import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { parseId } from '../../ids.ts'
import { endOwnLogin } from '../../sessions/ending/end-own.ts'
import { tellEnded } from '../interactions/outcomes.ts'
import { goOn } from '../interactions/show.ts'
import { ACTS } from './acts.ts'
import type { AccountDeps } from './deps.ts'
import { openAct } from './proven-act.ts'

const ACT = {
  action: ACTS.endLogin,
  form: z.object({ login: z.string().max(64) }),
  reason: 'You are logging out another browser. Your password confirms it.',
}

/** Logs another browser out, with all its sessions. */
export function postEndLogin(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const act = await openAct(deps, ctx, ACT)
    if (!act) return
    const id = parseId('lgn', act.fields.login)
    const ended = id ? await endOwnLogin(deps, act.userId, id) : []
    tellEnded(ended, 'logout')
    goOn(ctx, '/account#others')
  }
}
