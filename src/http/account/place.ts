import { formatId } from '../../ids.ts'
import type { Context } from '../../sessions/context/context.ts'
import type { OpenLogin } from '../../sessions/login/logins-of.ts'
import type { HeldSession } from '../../sessions/sessions-of-user.ts'
import { deviceWords } from '../device-words.ts'
import { agoWords } from '../time-words.ts'
import { ACTS } from './acts.ts'
import type { OtherPlace, Place, PlaceSession } from './model.ts'

interface Seen {
  readonly sessions: readonly HeldSession[]
  readonly now: Date
}

/** The browser that the page is shown in. */
export function presentHere(login: OpenLogin, seen: Seen): Place {
  return { ...presentPlace(login, seen), endAction: ACTS.end }
}

export function presentOther(login: OpenLogin, seen: Seen): OtherPlace {
  return {
    ...presentPlace(login, seen),
    endAction: ACTS.endElsewhere,
    login: formatId('lgn', login.id),
    logoutAction: ACTS.endLogin,
  }
}

function presentPlace(login: OpenLogin, { sessions, now }: Seen): Omit<Place, 'endAction'> {
  const { words, handheld } = deviceWords(login.context.userAgent)
  return {
    device: words,
    handheld,
    address: login.context.address ?? null,
    startedAt: agoWords(login.createdAt, now),
    lastUsed: agoWords(login.lastSeenAt, now),
    sessions: sessions
      .filter(({ loginId }) => loginId === login.id)
      .map((session) => presentSession(session, login.context, now)),
  }
}

function presentSession(session: HeldSession, ofLogin: Context, now: Date): PlaceSession {
  return {
    session: formatId('ses', session.id),
    workspaceName: session.workspaceName,
    roles: session.roles,
    applications: session.applications,
    startedAt: agoWords(session.createdAt, now),
    lastUsed: agoWords(session.lastSeenAt, now),
    openedFrom: otherAddress(session.context, ofLogin),
    openedBy: strangeBrowser(session.context, ofLogin),
  }
}

/**
 * A session that another browser began than its login's is what a stolen cookie looks like. Words
 * are compared, not headers: those change with each update of the same browser.
 */
function strangeBrowser(context: Context, login: Context): string | null {
  if (login.userAgent === undefined || Object.keys(context).length === 0) return null
  const { words } = deviceWords(context.userAgent)
  return words === deviceWords(login.userAgent).words ? null : words
}

/** People move, and their addresses with them: told, and no alarm. */
function otherAddress({ address }: Context, login: Context): string | null {
  return address === undefined || address === login.address ? null : address
}
