import type { Context } from 'koa'
import { z } from 'zod'
import { DomainError } from '../../errors.ts'
import { contextOf } from '../../oidc/context-of.ts'
import type { Admitted, NoRoom } from '../../sessions/login/admit.ts'
import {
  type Earlier,
  type FactorDeps,
  logInFurther,
  type ShownFactor,
} from '../../sessions/login/log-in-further.ts'
import { parse } from '../middleware/parse.ts'
import { PROBLEMS } from '../middleware/problems.ts'
import { readForm } from '../middleware/read-body.ts'
import type { FactorError } from '../view-models.ts'
import type { Door, DoorDeps } from './door.ts'
import { tellEnded, tellLogin } from './outcomes.ts'
import { asOverload } from './try-login.ts'

type Deps = FactorDeps & Pick<DoorDeps, 'csrf'>

/** Why a factor was not taken, for the page that asks again. */
export interface FailedFactor {
  readonly ok: false
  readonly error: FactorError
  readonly by: ShownFactor['by'] | null
  readonly status: number
  /** Seconds. */
  readonly retryAfter: number | null
}

const form = z.object({
  code: z.string().max(64).optional(),
  recovery: z.string().max(128).optional(),
  credential: z.string().max(40_000).optional(),
  challenge: z.string().max(1024).optional(),
})

/** Takes a posted factor and lets its person in, or says what their page has to say. */
export async function tryFactor(
  deps: Deps,
  ctx: Context,
  asked: { readonly door: Door; readonly earlier: Earlier },
): Promise<Admitted | FailedFactor | NoRoom> {
  const { door, earlier } = asked
  const shown = await readFactor(deps, ctx, door)
  if ('error' in shown) return shown
  const { current } = door
  const attempt = { shown, earlier, context: contextOf(ctx), current }
  const result = await logInFurther(deps, attempt).catch(asOverload)
  tellLogin(result.ok ? 'succeeded' : result.reason)
  if (!result.ok && result.reason === 'limit_reached') return result
  if (!result.ok)
    return failure(result.reason, shown.by, 'retryAfter' in result ? result.retryAfter : null)
  tellEnded(result.ended)
  return result
}

async function readFactor(
  deps: Deps,
  ctx: Context,
  { scope }: Door,
): Promise<ShownFactor | FailedFactor> {
  try {
    await deps.csrf.check(ctx, scope)
    return factorIn(parse(form, await readForm(ctx)), scope)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (error.code !== 'form_expired' && error.code !== 'invalid_request') throw error
    return failure(error.code, null)
  }
}

function factorIn(fields: z.output<typeof form>, scope: string): ShownFactor {
  const { code, recovery, credential, challenge = '' } = fields
  if (credential !== undefined) return { by: 'passkey', answer: credential, challenge, scope }
  if (recovery !== undefined) return { by: 'recovery_code', typed: recovery }
  if (code !== undefined) return { by: 'totp', typed: code }
  throw new DomainError('invalid_request', 'the form brought no factor')
}

function failure(
  error: FactorError,
  by: FailedFactor['by'],
  retryAfter: number | null = null,
): FailedFactor {
  const status = error === 'wrong_factor' ? 401 : PROBLEMS[error].status
  return { ok: false, error, by, status, retryAfter }
}
