import type { Context } from 'koa'
import { z } from 'zod'
import { DomainError } from '../../errors.ts'
import { contextOf } from '../../oidc/context-of.ts'
import type { Admitted, NoRoom } from '../../sessions/login/admit.ts'
import type { FactorDeps } from '../../sessions/login/log-in-further.ts'
import { logInWaiting } from '../../sessions/login/log-in-waiting.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import type { Door, DoorDeps } from './door.ts'
import { tellEnded, tellLogin } from './outcomes.ts'
import { asOverload, type FailedLogin, failure, formExpired } from './try-login.ts'

const form = z.object({ ticket: z.string().max(2048), end: z.string().max(64).default('') })

/** Takes what a person chose to log out of and lets them in, or says what their page has to say. */
export async function tryRoom(
  deps: FactorDeps & Pick<DoorDeps, 'csrf'>,
  ctx: Context,
  { scope, current }: Door,
): Promise<Admitted | NoRoom | FailedLogin> {
  const posted = await readChoice(deps, ctx, scope)
  if (!posted) return formExpired()
  const { ticket, end: chosen } = posted
  const attempt = { scope, ticket, chosen, context: contextOf(ctx), current }
  const result = await logInWaiting(deps, attempt).catch(asOverload)
  tellLogin(result.ok ? 'succeeded' : result.reason)
  if ('ended' in result) tellEnded(result.ended)
  if (result.ok || result.reason === 'limit_reached') return result
  // Nothing was typed here: what was proven earlier is not good any more.
  return result.reason === 'unavailable'
    ? failure(result.reason, '', result.retryAfter)
    : formExpired()
}

async function readChoice({ csrf }: Pick<DoorDeps, 'csrf'>, ctx: Context, scope: string) {
  try {
    await csrf.check(ctx, scope)
    return parse(form, await readForm(ctx))
  } catch (error) {
    if (error instanceof DomainError && error.code === 'form_expired') return null
    throw error
  }
}
