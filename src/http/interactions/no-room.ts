import type { Context } from 'koa'
import type { NoRoom } from '../../sessions/login/admit.ts'
import type { FactorDeps } from '../../sessions/login/log-in-further.ts'
import { sealWaiting } from '../../sessions/login/waiting-ticket.ts'
import { PROBLEMS } from '../middleware/problems.ts'
import type { RoomModel } from '../view-models.ts'
import type { Door, DoorDeps } from './door.ts'
import { placesOf } from './places.ts'
import { show } from './show.ts'

type Deps = DoorDeps & Pick<FactorDeps, 'serverKeys'> & Parameters<typeof placesOf>[0]

/**
 * Tells somebody who has proved who they are that they are logged in in as many places as they may
 * be, and lets them say which to leave where that is theirs to say.
 */
export async function showNoRoom(
  deps: Deps,
  ctx: Context,
  { door, noRoom }: { readonly door: Door; readonly noRoom: NoRoom },
): Promise<void> {
  const { refusal, proven } = noRoom
  const { scope, roomAction, clientName, cancelAction, fields, leadsTo } = door
  if (roomAction === null) throw refusal
  const mayChoose = refusal.outcome === 'ask'
  const model: RoomModel = {
    action: roomAction,
    csrf: await deps.csrf.issue(ctx, scope),
    fields,
    ticket: await sealWaiting(deps, scope, proven),
    clientName,
    of: 'logins',
    mayChoose,
    max: refusal.reached.limit.max,
    places: await placesOf(deps, proven.userId, refusal.reached.candidates),
    cancelAction,
  }
  const status = mayChoose ? 200 : PROBLEMS.limit_reached.status
  show(ctx, deps.pages, { page: 'room', model, status, leadsTo })
}
