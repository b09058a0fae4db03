import type { Context } from 'koa'

/** Why a request of the protocol was refused, as much of it as an operator's log may hold. */
export interface Refusal {
  /** The OAuth error. */
  readonly error: string
  readonly reason: string
  /** The client that asked, where it is known here. */
  readonly client?: string | undefined
}

/** Characters of a reason: some repeat what was asked. */
const LONGEST = 200

/** Notes it for the line that tells of the answer. */
export function noteRefusal({ state }: Context, { error, reason, client }: Refusal): void {
  state.refusal = { error, reason: reason.slice(0, LONGEST), ...(client && { client }) }
}

export function refusalIn({ state }: Context): Refusal | undefined {
  return state.refusal as Refusal | undefined
}
