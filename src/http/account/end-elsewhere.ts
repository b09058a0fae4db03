import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { parseId } from '../../ids.ts'
import { endOwnSession } from '../../sessions/ending/end-own.ts'
import { tellEnded } from '../interactions/outcomes.ts'
import { goOn } from '../interactions/show.ts'
import { ACTS } from './acts.ts'
import type { AccountDeps } from './deps.ts'
import { openAct } from './proven-act.ts'

const ACT = {
  action: ACTS.endElsewhere,
  form: z.object({ session: z.string().max(64) }),
  reason: 'You are ending a session outside this browser. Your password confirms it.',
}

const SECTIONS = { login: 'others', offline: 'kept', api: 'services', service: 'services' } as const

/** Ends a session in another browser, or one that outlives them all. */
export function postEndElsewhere(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const act = await openAct(deps, ctx, ACT)
    if (!act) return
    const id = parseId('ses', act.fields.session)
    const ended = id ? await endOwnSession(deps, act.userId, id) : []
    tellEnded(ended, 'left_workspace')
    goOn(ctx, `/account#${SECTIONS[ended[0]?.kind ?? 'login']}`)
  }
}
