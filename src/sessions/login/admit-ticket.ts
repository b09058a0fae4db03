import { createHash } from 'node:crypto'
import type { Sql } from '../../database/sql.ts'
import type { UserId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { openTicket, sealTicket } from '../../users/factors/ticket.ts'
import type { Proof } from './login.ts'
import { spentTicket } from './spend-ticket-store.ts'
import type { ProvenUser } from './start-login.ts'

interface Keys {
  readonly serverKeys: { readonly data: Pick<ServerKeys['data'], 'seal' | 'open'> }
}

interface Deps extends Keys {
  readonly db: Sql
}

/** Who has proved everything, and waits for a place. */
interface Waiting {
  readonly userId: UserId
  readonly proof: Proof
  readonly passwordVersion?: number
}

/** Seconds to choose who makes room; then the proof is given again. */
const LIFETIME = 300

/**
 * What the page carries on which a person chooses what to log out of: that they have proved who they
 * are, at this door.
 */
export function sealWaiting({ serverKeys }: Keys, scope: string, proven: ProvenUser): string {
  const { userId, proof, passwordVersion } = proven
  const content: Waiting = {
    userId,
    proof,
    ...(passwordVersion !== undefined && { passwordVersion }),
  }
  return sealTicket(serverKeys.data, { kind: 'waiting', scope }, { content, seconds: LIFETIME })
}

/**
 * The person behind such a ticket, once: whoever goes back to the page after they have logged out
 * must not come in without a proof.
 */
export async function takeWaiting(
  { db, serverKeys }: Deps,
  scope: string,
  ticket: string,
): Promise<Waiting | null> {
  const waiting = openTicket<Waiting>(serverKeys.data, { kind: 'waiting', scope }, ticket)
  if (!waiting) return null
  const hash = createHash('sha256').update(`waiting ${ticket}`).digest()
  return (await spentTicket(db, hash, LIFETIME)) ? waiting : null
}
