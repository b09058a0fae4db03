import { boundContext, type Context } from '../context/context.ts'
import type { EndedSession } from '../ending/end.ts'
import { type Admitted, admit, type NoRoom } from './admit.ts'
import { endChoice } from './end-choice.ts'
import type { FactorDeps } from './log-in-further.ts'
import type { Login } from './login.ts'
import { takeWaiting } from './waiting-ticket.ts'

export interface WaitingLogIn {
  readonly scope: string
  readonly ticket: string
  /** What is to make room, by its identifier outside; empty to look whether there is room now. */
  readonly chosen: string
  readonly context: Context
  readonly current: Login | null
}

export type LoggedInWaiting =
  | Admitted
  /** Others were faster, or more must leave. */
  | (NoRoom & { readonly ended: readonly EndedSession[] })
  | { readonly ok: false; readonly reason: 'invalid_credentials' | 'form_expired' }

/**
 * Lets a person in who has waited for a place, after what they chose has made room.
 *
 * What they chose ends by itself first, and not in the transaction of the login: that one locks the
 * count before it locks a login, as everybody does who makes room.
 */
export async function logInWaiting(
  deps: FactorDeps,
  { scope, ticket, chosen, ...attempt }: WaitingLogIn,
): Promise<LoggedInWaiting> {
  const waiting = await takeWaiting(deps, scope, ticket)
  if (!waiting) return { ok: false, reason: 'form_expired' }
  const context = boundContext(attempt.context)
  const ended = chosen === '' ? [] : await endChoice(deps, waiting.userId, chosen)
  const moment = { workspaceId: null, at: new Date() }
  const auditContext = await deps.auditKeys.seal(deps.db, moment, context)
  const entered = await admit(deps, { ...waiting, context, auditContext }, attempt.current)
  if (entered.ok) return { ...entered, ended: [...ended, ...entered.ended] }
  return entered.reason === 'limit_reached' ? { ...entered, ended } : entered
}
