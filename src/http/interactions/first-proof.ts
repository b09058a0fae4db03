import type { ServerKeys } from '../../keys/data-keys.ts'
import type { FirstProof } from '../../sessions/login/log-in.ts'
import { openTicket, sealTicket } from '../../users/factors/ticket.ts'

type Keys = Pick<ServerKeys, 'data'>

/** Seconds for the second step; then the password is typed again. */
const LIFETIME = 300

/**
 * What the page for the second factor carries: that the password was right, for this door. No half
 * login is stored that somebody could forget to refuse.
 */
export function sealFirstProof({ data }: Keys, scope: string, first: FirstProof): string {
  return sealTicket(data, { kind: 'first-proof', scope }, { content: first, seconds: LIFETIME })
}

export function openFirstProof({ data }: Keys, scope: string, ticket: string): FirstProof | null {
  return openTicket<FirstProof>(data, { kind: 'first-proof', scope }, ticket)
}
