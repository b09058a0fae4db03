import { formatId } from '../../ids.ts'
import type { HeldSession } from '../../sessions/sessions-of-user.ts'
import { agoWords, inWords } from '../time-words.ts'
import type { KeptAccess } from './model.ts'

/** An offline session, in the words of the application that it is for. */
export function presentKept(session: HeldSession, now: Date): KeptAccess {
  return {
    session: formatId('ses', session.id),
    applicationName: session.applications.join(', ') || 'An application',
    workspaceName: session.workspaceName,
    startedAt: agoWords(session.createdAt, now),
    lastUsed: agoWords(session.lastSeenAt, now),
    ends: endWords(session, now),
  }
}

/** A session outside of any browser, which a service made for the person. */
export function presentService(session: HeldSession, now: Date): KeptAccess {
  return { ...presentKept(session, now), applicationName: session.service ?? 'A service' }
}

function endWords({ lastSeenAt, idleTimeout, absoluteEndAt }: HeldSession, now: Date): string {
  const unused = new Date(lastSeenAt.getTime() + idleTimeout * 1000)
  const latest = inWords(absoluteEndAt, now)
  return unused < absoluteEndAt ? `${inWords(unused, now)} if unused, else ${latest}` : latest
}
