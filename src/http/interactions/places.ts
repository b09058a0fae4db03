import type { Sql } from '../../database/sql.ts'
import type { Candidate } from '../../decisions/make-room.ts'
import { formatId, type LoginId, type SessionId, type UserId } from '../../ids.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { loginsBeside, type OpenLogin } from '../../sessions/login/logins-of.ts'
import { type HeldSession, sessionsOfUser } from '../../sessions/sessions-of-user.ts'
import { deviceWords } from '../device-words.ts'
import { agoWords } from '../time-words.ts'
import type { RoomPlace } from '../view-models.ts'

interface Deps {
  readonly db: Sql
  readonly keyring: Pick<Keyring, 'loginKey' | 'sessionKey'>
}

/** More than anybody reads through. */
const MOST = 200

type Counted = Pick<Candidate, 'kind' | 'id'>

/** A person's own among those that could make room, as they know them: the first to go first. */
export async function placesOf(
  deps: Deps,
  userId: UserId,
  counted: readonly Counted[],
): Promise<readonly RoomPlace[]> {
  const [first] = counted
  if (!first) return []
  const beside = { id: first.id as LoginId, userId }
  const logins = await loginsBeside(deps, beside, { from: 0, limit: MOST })
  const sessions = await sessionsOfUser(deps, userId, {
    logins: logins.map(({ id }) => id),
    offlineFrom: 0,
    apiFrom: 0,
    limit: MOST,
  })
  const now = new Date()
  return counted.flatMap(({ kind, id }) => {
    const login = kind === 'login' && logins.find((one) => one.id === id)
    if (login) return [placeOfLogin(login, sessions, now)]
    const session = kind === 'session' && sessions.find((one) => one.id === id)
    return session ? [placeOfSession(session, now)] : []
  })
}

function placeOfLogin(login: OpenLogin, sessions: readonly HeldSession[], now: Date): RoomPlace {
  const { words, handheld } = deviceWords(login.context.userAgent)
  const open = sessions.filter(({ loginId }) => loginId === login.id)
  return {
    value: formatId('lgn', login.id),
    words,
    handheld,
    workspaces: [...new Set(open.map(({ workspaceName }) => workspaceName))],
    lastUsed: agoWords(login.lastSeenAt, now),
  }
}

function placeOfSession(session: HeldSession, now: Date): RoomPlace {
  const { id, context, applications, service, workspaceName, lastSeenAt } = session
  const { words, handheld } = deviceWords(context.userAgent)
  return {
    value: formatId('ses', id as SessionId),
    words: applications.join(', ') || (service ?? words),
    handheld,
    workspaces: [workspaceName],
    lastUsed: agoWords(lastSeenAt, now),
  }
}
