import { sidFor } from '../clients/subject.ts'
import type { BriefSession } from '../sessions/brief-stay.ts'
import type { AccessTokenContent } from '../sessions/tokens/check-access-token.ts'
import type { PresentedToken } from '../sessions/tokens/present-refresh-token.ts'
import type { OidcDeps } from './deps.ts'
import { epochSeconds, type Payload } from './payload.ts'

type Deps = Pick<OidcDeps, 'serverKeys'>
type Client = Parameters<typeof sidFor>[1]

/** The stay in the browser in which a person said yes to an offline session, in its client's words. */
export interface Browser {
  readonly sid: string
  /** Seconds since 1970; null where only the name of the stay is at hand. */
  readonly end: number | null
}

/** What tokens live in, and for an offline session the stay that it was begun in. */
export interface Told {
  readonly session: Pick<BriefSession, 'id' | 'absoluteEndAt'>
  readonly browser: Browser | null
}

/** The `sid` of a session for a client. */
export function sidOf({ serverKeys }: Deps, client: Client, id: BriefSession['id']): string {
  return sidFor({ lookup: serverKeys }, client, id)
}

/**
 * What ID tokens and userinfo tell a client of the sessions that it is in.
 *
 * `sid` and `session_expiry` are the browser's, also in what is refreshed in an offline session:
 * applications know their own session by them, many by those of the newest ID token, and such a one
 * would live on after the logout if a refresh gave it another name. The offline session, which the
 * logout leaves alone, is told beside it under names of its own.
 *
 * Each expiry is when the stay ends whatever happens in it: relying parties take the claim for a
 * ceiling, and the idle end would cut off who is at work.
 */
export function sessionClaims(deps: Deps, client: Client, { session, browser }: Told): Payload {
  const sid = sidOf(deps, client, session.id)
  const end = epochSeconds(session.absoluteEndAt)
  if (!browser) return { sid, session_expiry: end }
  return {
    sid: browser.sid,
    ...(browser.end !== null && { session_expiry: browser.end }),
    offline_sid: sid,
    offline_session_expiry: end,
  }
}

/** What a family of an offline session keeps of the browser's stay, beside the `sid`. */
export function keepBrowser(payload: Payload, browser: Browser | null): Payload {
  return browser ? { ...payload, browserEnd: browser.end } : payload
}

/** The same, read again with the family's token; null for a family of the browser itself. */
export function browserOf({ check, payload }: PresentedToken): Browser | null {
  const { sid, browserEnd } = payload
  if (check.session.kind !== 'offline' || typeof sid !== 'string') return null
  return { sid, end: typeof browserEnd === 'number' ? browserEnd : null }
}

/** What an access token of an offline session tells of it: its name alone. */
export function namedBrowser({ q }: AccessTokenContent): Browser | null {
  return q === undefined ? null : { sid: q, end: null }
}
