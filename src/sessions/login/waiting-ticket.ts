import { createHash } from 'node:crypto'
import type { Sql } from '../../database/sql.ts'
import type { UserId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { openTicket, sealTicket } from '../../users/factors/ticket.ts'
import type { Proof } from './login.ts'
import type { ProvenUser } from './start-login.ts'
import { spentTicket, ticketTime } from './ticket-store.ts'

interface Deps {
  readonly db: Sql
  readonly serverKeys: { readonly data: Pick<ServerKeys['data'], 'seal' | 'open'> }
}

/** Who has proved everything, and waits for a place. */
interface Waiting {
  readonly userId: UserId
  readonly proof: Proof
  readonly passwordVersion?: number
  readonly provenAt: Date
}

type Written = Omit<Waiting, 'provenAt'> & { readonly provenAt: string }

/** Seconds to choose who makes room; then the proof is given again. */
const LIFETIME = 300

/**
 * What the page carries on which a person chooses what to log out of: that they have proved who they
 * are, at this door.
 */
export async function sealWaiting(
  { db, serverKeys }: Deps,
  scope: string,
  proven: ProvenUser,
): Promise<string> {
  const { userId, proof, passwordVersion, provenAt = await ticketTime(db) } = proven
  const content: Written = {
    userId,
    proof,
    ...(passwordVersion !== undefined && { passwordVersion }),
    provenAt: provenAt.toISOString(),
  }
  return sealTicket(
    serverKeys.data,
    { kind: 'waiting', scope },
    { content, seconds: secondsLeft(provenAt) },
  )
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
  const waiting = openTicket<Written>(serverKeys.data, { kind: 'waiting', scope }, ticket)
  if (!waiting) return null
  const hash = createHash('sha256').update(`waiting ${ticket}`).digest()
  if (!(await spentTicket(db, hash, LIFETIME))) return null
  return { ...waiting, provenAt: new Date(waiting.provenAt) }
}

/** Whoever tries again and again proves nothing by it. */
function secondsLeft(provenAt: Date): number {
  return Math.max(0, LIFETIME - (Date.now() - provenAt.getTime()) / 1000)
}
