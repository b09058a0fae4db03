import type { Context } from 'koa'
import type { Keyring } from '../../keys/keyring.ts'
import type { Admitted } from '../../sessions/login/admit.ts'
import type { Earlier, FactorDeps } from '../../sessions/login/log-in-further.ts'
import { readForm } from '../middleware/read-body.ts'
import type { Door, DoorDeps } from './door.ts'
import { openFirstProof } from './first-proof.ts'
import { showNoRoom } from './no-room.ts'
import { type BeforeFactor, showFactors } from './show-factors.ts'
import { tryFactor } from './try-factor.ts'
import { type FailedLogin, formExpired, tryLogin } from './try-login.ts'
import { tryRoom } from './try-room.ts'

export interface EnterDeps extends FactorDeps {
  readonly serverKeys: FactorDeps['serverKeys'] & DoorDeps['serverKeys']
  readonly keyring: FactorDeps['keyring'] & Pick<Keyring, 'sessionKey'>
  readonly pages: DoorDeps['pages']
  readonly csrf: DoorDeps['csrf']
}

export interface Entrance {
  readonly door: Door
  /** Shows the door's own first page, with what was wrong. */
  readonly showFirst: (failed: FailedLogin) => Promise<void>
}

// Each gives the person who was let in, or null where the browser was answered with a page.

export async function enterByPassword(
  deps: EnterDeps,
  ctx: Context,
  { door, showFirst }: Entrance,
): Promise<Admitted | null> {
  const { scope, current } = door
  const entered = await tryLogin(deps, ctx, { scope, current })
  if (entered.ok) return entered
  if ('refusal' in entered) {
    await showNoRoom(deps, ctx, { door, noRoom: entered })
    return null
  }
  if ('first' in entered) {
    await showFactors(deps, ctx, { door, earlier: { by: 'password', first: entered.first } })
    return null
  }
  await showFirst(entered)
  return null
}

/** After a password, which the form tells of, or in a fresh login that is to be raised. */
export async function enterByFactor(
  deps: EnterDeps,
  ctx: Context,
  { door, showFirst }: Entrance,
): Promise<Admitted | null> {
  const earlier = await earlierOf(deps, ctx, door)
  if (!earlier) {
    await showFirst(formExpired())
    return null
  }
  const entered = await tryFactor(deps, ctx, { door, earlier })
  if (entered.ok) return entered
  if ('refusal' in entered) await showNoRoom(deps, ctx, { door, noRoom: entered })
  else await showFactors(deps, ctx, { door, earlier, failed: entered })
  return null
}

/** Who has proved themselves before, and says now what is to make room for them. */
export async function enterByRoom(
  deps: EnterDeps,
  ctx: Context,
  { door, showFirst }: Entrance,
): Promise<Admitted | null> {
  const entered = await tryRoom(deps, ctx, door)
  if (entered.ok) return entered
  if ('refusal' in entered) await showNoRoom(deps, ctx, { door, noRoom: entered })
  else await showFirst(entered)
  return null
}

/** By any passkey of this house. */
export function enterByPasskey(
  deps: EnterDeps,
  ctx: Context,
  at: Entrance,
): Promise<Admitted | null> {
  return byPasskey(deps, ctx, { ...at, earlier: { by: 'nothing' } })
}

/** By a passkey of the person who is logged in here, to confirm that it is them. */
export function enterByOwnPasskey(
  deps: EnterDeps,
  ctx: Context,
  at: Entrance,
): Promise<Admitted | null> {
  const { current: login } = at.door
  return byPasskey(deps, ctx, {
    ...at,
    earlier: login ? { by: 'login', login } : { by: 'nothing' },
  })
}

async function byPasskey(
  deps: EnterDeps,
  ctx: Context,
  { door, earlier, showFirst }: Entrance & { readonly earlier: Earlier },
): Promise<Admitted | null> {
  const entered = await tryFactor(deps, ctx, { door, earlier })
  if (entered.ok) return entered
  if ('refusal' in entered) await showNoRoom(deps, ctx, { door, noRoom: entered })
  else await showFirst({ ...entered, username: '' })
  return null
}

async function earlierOf(
  { serverKeys }: EnterDeps,
  ctx: Context,
  { scope, raises }: Door,
): Promise<BeforeFactor | null> {
  const { ticket = '' } = await readForm(ctx)
  const first = ticket === '' ? null : openFirstProof(serverKeys, scope, ticket)
  if (first) return { by: 'password', first }
  return ticket === '' && raises ? { by: 'login', login: raises } : null
}
