import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { withdrawConsent } from '../../access/withdraw-consent.ts'
import { DomainError } from '../../errors.ts'
import { parseId, type UserId } from '../../ids.ts'
import type { EndedSession } from '../../sessions/ending/end.ts'
import { tellEnded } from '../interactions/outcomes.ts'
import { goOn } from '../interactions/show.ts'
import { ACTS } from './acts.ts'
import type { AccountDeps } from './deps.ts'
import { openAct } from './proven-act.ts'

const ACT = {
  action: ACTS.withdraw,
  form: z.object({ consent: z.string().max(64) }),
  reason: 'You are taking back what you allowed an application. Your password confirms it.',
}

/** Takes a yes back; what the application held through it ends, offline sessions included. */
export function postWithdraw(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const act = await openAct(deps, ctx, ACT)
    if (!act) return
    tellEnded(await withdrawn(deps, act.userId, act.fields.consent), 'consent_withdrawn')
    goOn(ctx, '/account#consents')
  }
}

async function withdrawn(
  deps: AccountDeps,
  userId: UserId,
  consent: string,
): Promise<readonly EndedSession[]> {
  const id = parseId('con', consent)
  if (!id) return []
  try {
    return await withdrawConsent(deps, { id, userId, by: { kind: 'user', id: userId } })
  } catch (error) {
    // Withdrawn before, or somebody else's: there is nothing left to do, and nothing to tell.
    if (error instanceof DomainError && error.code === 'not_found') return []
    throw error
  }
}
