import type { Context } from 'koa'
import type { Application } from './application.ts'
import { nearExpiry, sessionOver, type Visit } from './visit.ts'
import type { Ending } from './visits.ts'

export interface Arrival {
  readonly visit: Visit | null
  readonly notice: string | null
}

type Deps = Pick<Application, 'cookies' | 'visits' | 'refreshVisit'>

const NOTICES: Readonly<Record<Ending, string>> = {
  logged_out_elsewhere: 'You were logged out, here or in another application.',
  session_ended: 'Your session has ended.',
  replaced: 'You logged in again.',
}

/**
 * Who is at the door, with tokens that are good for a while.
 *
 * Only a person's request renews tokens, never an open page by itself: to the provider each
 * renewal is activity, and a forgotten window would keep its session from ever being idle.
 */
export async function arrive(deps: Deps, ctx: Context): Promise<Arrival> {
  const id = deps.cookies.visit(ctx)
  if (id === null) return { visit: null, notice: null }
  const visit = deps.visits.find(id)
  if (!visit) return turnAway(deps, ctx, id)
  if (!nearExpiry(visit.tokens, new Date())) return { visit, notice: null }

  const outcome = await deps.refreshVisit(visit)
  if (!outcome.refreshed && sessionOver(visit.tokens, new Date()))
    deps.visits.end(id, 'session_ended')
  const after = deps.visits.find(id)
  if (!after) return turnAway(deps, ctx, id)
  const stale = !outcome.refreshed && outcome.reason === 'provider_unreachable'
  return { visit: after, notice: stale ? 'Sojourn cannot be reached just now.' : null }
}

function turnAway({ cookies, visits }: Deps, ctx: Context, id: string): Arrival {
  cookies.dropVisit(ctx)
  const ending = visits.endingOf(id)
  return { visit: null, notice: ending && NOTICES[ending] }
}
