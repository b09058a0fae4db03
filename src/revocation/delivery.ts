import type { Client } from '../clients/client.ts'
import type { DeliveryId, SessionId, UserId, WorkspaceId } from '../ids.ts'

/** A pending delivery whose time has come; `uri` is null when its client takes no logout tokens. */
export interface DueDelivery {
  readonly id: DeliveryId
  readonly clientId: string
  readonly uri: string | null
}

/** A delivery that this process alone may send until its lease is over. */
export interface ClaimedDelivery {
  readonly id: DeliveryId
  readonly sessionId: SessionId
  readonly userId: UserId | null
  readonly workspaceId: WorkspaceId | null
  /** Whether the session was an offline one, with no browser in it. */
  readonly offline: boolean
  /** Null when the client was deleted. */
  readonly client: LogoutClient | null
  /** This attempt's number; outcomes of an earlier one do not count any more. */
  readonly attempts: number
  readonly now: Date
}

/** What of a client decides where a logout token goes and what it says. */
export type LogoutClient = Pick<Client, 'clientId' | 'metadata'>

const WAITS = [5, 30, 120, 600] as const
const HOUR = 3_600

/** Seconds to the next attempt after so many failed ones, or null when that would last too long. */
export function waitAfter(attempts: number, retryFor: number): number | null {
  const hours = Math.max(0, attempts - WAITS.length)
  const waited = WAITS.slice(0, attempts).reduce((sum, wait) => sum + wait, hours * HOUR)
  return waited > retryFor ? null : (WAITS[attempts - 1] ?? HOUR)
}

/** Of one relying party at a time, so that one which hangs leaves room for all others. */
const PER_HOST = 2

/** The deliveries to start now, and those whose host is busy. */
export function chooseDue(
  due: readonly DueDelivery[],
  room: { readonly free: number; readonly busy: readonly string[] },
): { readonly chosen: readonly DueDelivery[]; readonly held: readonly DueDelivery[] } {
  const chosen: DueDelivery[] = []
  const held: DueDelivery[] = []
  const busy = [...room.busy]
  for (const delivery of due) {
    if (chosen.length >= room.free) break
    const host = hostOf(delivery.uri)
    if (host !== '' && busy.filter((other) => other === host).length >= PER_HOST) {
      held.push(delivery)
      continue
    }
    busy.push(host)
    chosen.push(delivery)
  }
  return { chosen, held }
}

/** The relying party's host and port; empty for what is set aside without knocking anywhere. */
export function hostOf(uri: string | null): string {
  return URL.parse(uri ?? '')?.host ?? ''
}
