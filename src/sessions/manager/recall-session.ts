import { DomainError } from '../../errors.ts'
import type { SessionId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { FeedView } from '../../revocation/follow-feed.ts'
import { type Recollection, recollect } from '../../revocation/recollection.ts'
import type { Context } from '../context/context.ts'
import { type ContextDeps, isWhereItWas } from '../context/keep-context.ts'
import { keyRowOf } from '../session-key-row.ts'
import { judgeSessionToken } from './judge-session-token.ts'
import { checkKeyOf, type OpenedSessionToken } from './open-session-token.ts'
import { type Reach, reaches } from './reach.ts'
import type { RenewalRules } from './renewal.ts'
import { isSigned, type PresentedSessionToken, parseSessionToken } from './session-token.ts'
import type { ReadTokenCheck, TokenCheck } from './token-check.ts'
import { rememberVerified, type VerifiedTokens } from './verified-tokens.ts'

/** Checks of live sessions, remembered, and the time that they are judged by. */
export interface RecalledSessions extends Recollection<SessionId, TokenCheck> {
  readonly now: () => Date
  readonly verified: VerifiedTokens
}

interface Options {
  readonly view: FeedView
  /** Milliseconds. */
  readonly bound: number
  readonly limit: number
  readonly read: ReadTokenCheck
}

export function recollectSessions(options: Options): RecalledSessions {
  const recollection = recollect<SessionId, TokenCheck>({
    ...options,
    nameOf: (id) => id,
    // That something ended is for the database to say.
    standsOn: ({ session }) => (session.refusal === null ? subjectsOf(session) : null),
  })
  const verified = rememberVerified(options.view, options.limit)
  return { ...recollection, now: options.view.now, verified }
}

/** Every column of a check is of one of these, or is told of under the session's own name. */
function subjectsOf({ id, loginId, userId, workspaceId, serviceClientId }: TokenCheck['session']) {
  return [id, loginId, userId, workspaceId, serviceClientId].filter((one) => one !== null)
}

interface Deps extends Pick<ContextDeps, 'locate' | 'driftRules'> {
  readonly config: { readonly issuer: string; readonly renewal: RenewalRules }
  readonly serverKeys: Pick<ServerKeys, 'key'>
  readonly keyring: Pick<Keyring, 'sessionKey'>
  readonly recalledSessions: RecalledSessions | null
}

/** A session whose token is good as far as memory says. */
export interface RecalledSession {
  readonly opened: Extract<OpenedSessionToken, { opened: true }>
  /** Milliseconds. */
  readonly age: number
  /** Remembers that it was used now. */
  readonly use: () => void
}

/**
 * The session behind a token that memory says a plain yes to: live, the newest token, where it was.
 *
 * Memory never refuses. What it does not know, what it would refuse and what would have to be written
 * is for the database to say, so a view that is behind can be wrong in one way only: by a yes that
 * was right a moment ago.
 */
export async function recallSession(
  deps: Deps,
  text: string,
  asked: { readonly reach?: Reach; readonly context?: Context },
): Promise<RecalledSession | null> {
  const { recalledSessions: sessions, config } = deps
  if (!sessions) return null
  const token = sessions.verified.parsed(text) ?? parsedToken(deps, text)
  const recalled = token && sessions.recall(token.sessionId)
  if (!recalled) return null

  const known = recalled.known.value
  const check = asOf(known, sessions.now())
  if (!check || !reaches(asked.reach, check.session)) return null
  if (judgeSessionToken(check, token, config.renewal).verdict !== 'current') return null
  if (!sessions.verified.isSignedUnder(text, check.session.secretWrapped)) {
    if (!(await isSignedNow(deps, check, token))) return null
    sessions.verified.keep(text, token, check.session.secretWrapped)
  }
  if (asked.context && !(await isWhereItWas(deps, check, asked.context))) return null
  return {
    opened: { opened: true, check, token },
    age: recalled.age,
    use: () => {
      const session = { ...known.session, lastSeenAt: check.session.readAt }
      sessions.amend(recalled, { ...known, session })
    },
  }
}

/** A check as it would be read now; undefined where time may have changed more of it than its age. */
function asOf(check: TokenCheck, now: Date): TokenCheck | undefined {
  if (now >= check.steadyUntil) return undefined
  return { ...check, session: { ...check.session, readAt: now } }
}

function parsedToken(deps: Deps, text: string): PresentedSessionToken | null {
  const parsed = parseSessionToken(checkKeyOf(deps), deps.config.issuer, text)
  return parsed.form === 'ours' ? parsed.token : null
}

async function isSignedNow(
  { keyring }: Deps,
  check: TokenCheck,
  token: PresentedSessionToken,
): Promise<boolean> {
  try {
    const key = await keyring.sessionKey(keyRowOf(check.session), 'session-token')
    return isSigned(key, token)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'key_destroyed') return false
    throw error
  }
}
