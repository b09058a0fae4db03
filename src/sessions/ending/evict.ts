import type { Actor, Json } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import type { LoginId, SessionId } from '../../ids.ts'
import {
  type EndedSession,
  type Ending,
  endSessionIn,
  endSessionsOfLogins,
  optionsOf,
} from './end.ts'
import { endChosenLogins } from './end-logins-store.ts'

export interface Evicted {
  readonly kind: 'login' | 'session'
  readonly id: string
  /** Which limit it was, for an auditor. */
  readonly detail: { readonly [key: string]: Json }
}

interface Evicting {
  readonly evicted: readonly Evicted[]
  readonly by: Actor
  /** Locks what stands between logins and sessions in the order in which everyone locks. */
  readonly hold: () => Promise<void>
}

/** Ends those who make room for another, logins with all their sessions. */
export async function evict(
  tx: Sql,
  { evicted, by, hold }: Evicting,
): Promise<readonly EndedSession[]> {
  const inOrder = evicted.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const logins = inOrder.filter(({ kind }) => kind === 'login')
  const ending = ({ detail }: Evicted): Ending => ({ cause: 'evicted', by, detail })
  for (const one of logins)
    await endChosenLogins(tx, { by: 'id', value: one.id as LoginId }, optionsOf(ending(one)))

  await hold()
  const ended: EndedSession[] = []
  for (const one of logins)
    ended.push(...(await endSessionsOfLogins(tx, [one.id as LoginId], ending(one))))
  for (const one of inOrder)
    if (one.kind === 'session')
      ended.push(...(await endSessionIn(tx, one.id as SessionId, ending(one))))
  return ended
}
