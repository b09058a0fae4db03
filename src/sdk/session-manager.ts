import { contextOf, creationOf } from './asked.ts'
import { ClientToken } from './client-token.ts'
import { errorOf } from './errors.ts'
import { readJson } from './read-json.ts'
import { jsonOf, type Line, send } from './send.ts'
import type {
  CreatedSession,
  CreateOptions,
  Elevation,
  ElevationOptions,
  IssuedSession,
  Session,
  SessionAnalytics,
  SessionContext,
  SessionPreview,
  ValidateOptions,
  Validation,
} from './types.ts'

export interface SessionManagerOptions {
  /** The server's public origin, without a slash at its end. */
  readonly issuer: string
  /** A client that was admitted to workspaces (`sojourn client admit`). */
  readonly clientId: string
  readonly clientSecret: string
  /** What of the API you use; all of it where nothing is said, as far as the client may. */
  readonly scope?: string
  /** Milliseconds for one call; 10,000 where nothing is said. */
  readonly timeout?: number
  /** In place of the global one. */
  readonly fetch?: typeof fetch
}

const SCOPE =
  'sessions:create sessions:validate sessions:read sessions:manage sessions:elevate sessions:own'

/**
 * The session manager's nine functions, for a service (issue by `POST /api/v1/…`).
 *
 * Refusals are `SessionError`s with a `code`; a session token that is no good is an answer of
 * `validateSession` and no error.
 */
export class SessionManager {
  readonly #issuer: string
  readonly #line: Line
  readonly #token: ClientToken

  constructor(options: SessionManagerOptions) {
    this.#issuer = options.issuer
    this.#line = {
      fetch: options.fetch ?? ((...call) => fetch(...call)),
      timeout: options.timeout ?? 10_000,
    }
    this.#token = new ClientToken({
      issuer: options.issuer,
      clientId: options.clientId,
      clientSecret: options.clientSecret,
      scope: options.scope ?? SCOPE,
      line: this.#line,
    })
  }

  /**
   * Makes a session for a person: `usr_…`, or their identifier in your directory.
   *
   * Throws `workspace_required` where the person is in several workspaces of yours and none is
   * named, `not_a_member` where they are not in the one that is, `user_not_found` where they are in
   * none of yours, `unavailable`, and `limit_reached`, whose details say how many sessions must end
   * first, and which there are.
   */
  createSession(
    userId: string,
    context: SessionContext = {},
    options: CreateOptions = {},
  ): Promise<CreatedSession> {
    return this.#call('POST', '/sessions', creationOf(userId, context, options))
  }

  /** Whether `createSession` would make it, and which sessions a limit would end for it; changes nothing. */
  previewSession(
    userId: string,
    context: SessionContext = {},
    options: CreateOptions = {},
  ): Promise<SessionPreview> {
    const asked = { ...creationOf(userId, context, options), dry_run: true }
    return this.#call('POST', '/sessions', asked)
  }

  /**
   * Makes a session that your service holds itself; it ends when the service is dismissed from the
   * workspace. `workspaceId` is needed where it was admitted to several.
   *
   * Throws `workspace_required`, `workspace_not_found`, `limit_reached`, `unavailable`.
   */
  createServiceSession(context: SessionContext = {}): Promise<CreatedSession> {
    const { workspaceId, ...rest } = context
    return this.#call('POST', '/me/sessions', {
      ...(workspaceId !== undefined && { workspace_id: workspaceId }),
      context: contextOf(rest),
    })
  }

  /** The live sessions that your service holds itself, the youngest first. */
  async getServiceSessions(): Promise<readonly Session[]> {
    const all: Session[] = []
    let path = '/me/sessions?limit=200'
    for (;;) {
      const page = await this.#call<OwnPage>('GET', path)
      all.push(...page.sessions)
      if (page.nextCursor === null) return all
      path = `/me/sessions?limit=200&cursor=${page.nextCursor}`
    }
  }

  /**
   * Asks whether a session token is good. A database that is away is `unavailable`, and neither a
   * yes nor a no.
   */
  validateSession(sessionToken: string, options: ValidateOptions = {}): Promise<Validation> {
    return this.#call('POST', '/sessions/validation', {
      session_token: sessionToken,
      ...(options.background !== undefined && { background: options.background }),
      ...(options.consistency && { consistency: options.consistency }),
      ...(options.context && { context: contextOf(options.context) }),
    })
  }

  /** Gets the successor of a session token; `renewal_too_early` says from when, in `details.renewable_from`. */
  renewSession(sessionToken: string): Promise<IssuedSession> {
    return this.#call('POST', '/sessions/renewal', { session_token: sessionToken })
  }

  /** Ends a session; ending what has ended already is no error. */
  async terminateSession(sessionToken: string): Promise<void> {
    await this.#call('POST', '/sessions/termination', { session_token: sessionToken })
  }

  /** A person's live sessions in your workspaces, the youngest first. */
  async getActiveSessions(userId: string): Promise<readonly Session[]> {
    const path = `/users/${encodeURIComponent(userId)}/sessions`
    const { sessions } = await this.#call<{ sessions: readonly Session[] }>('GET', path)
    return sessions
  }

  /** Logs a person out of your workspaces on all devices; resolves to how many sessions ended. */
  async terminateAllUserSessions(userId: string): Promise<number> {
    const path = `/users/${encodeURIComponent(userId)}/sessions/termination`
    const { ended } = await this.#call<{ ended: readonly string[] }>('POST', path, {})
    return ended.length
  }

  /** Tells of a change in where a session is used. A `lastActivity` prolongs nothing by itself. */
  async updateSessionContext(sessionToken: string, context: SessionContext): Promise<Session> {
    const { session } = await this.#call<{ session: Session }>('POST', '/sessions/context', {
      session_token: sessionToken,
      context: contextOf(context),
    })
    return session
  }

  /**
   * Gives a session permissions for a while, in place of those it was given before; an empty list
   * takes them back. Throws `permission_denied` beyond what the person's roles may be given.
   */
  async setSessionPermissions(
    sessionToken: string,
    permissions: readonly string[],
    options: ElevationOptions = {},
  ): Promise<Elevation | null> {
    const { elevation } = await this.#call<{ elevation: Elevation | null }>(
      'POST',
      '/sessions/permissions',
      { session_token: sessionToken, permissions, ...options },
    )
    return elevation
  }

  /**
   * The same by the identifier of the session (`ses_…`, the claim `session_id` of its access
   * tokens): a browser's session has no session token. Its access tokens tell what it was given.
   */
  async setPermissionsOfSession(
    sessionId: string,
    permissions: readonly string[],
    options: ElevationOptions = {},
  ): Promise<Elevation | null> {
    const path = `/sessions/${encodeURIComponent(sessionId)}/permissions`
    const body = { permissions, ...options }
    const { elevation } = await this.#call<{ elevation: Elevation | null }>('PUT', path, body)
    return elevation
  }

  /** How a session was used until now; counters are at most a few seconds behind. */
  getSessionAnalytics(sessionToken: string): Promise<SessionAnalytics> {
    return this.#call('POST', '/sessions/analytics', { session_token: sessionToken })
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await this.#send(method, path, body)
    if (response.ok) return readJson<T>(await jsonOf(response))
    // A token may have ended early, with a restart of the server: once more with another.
    if (response.status === 401 && isOurToken(response)) {
      await response.body?.cancel()
      this.#token.forget()
      const again = await this.#send(method, path, body)
      if (again.ok) return readJson<T>(await jsonOf(again))
      throw await errorOf(again)
    }
    throw await errorOf(response)
  }

  async #send(method: string, path: string, body?: object): Promise<Response> {
    const token = await this.#token.get()
    return send(this.#line, `${this.#issuer}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  }
}

interface OwnPage {
  readonly sessions: readonly Session[]
  readonly nextCursor: string | null
}

/** The challenge is about the access token; a bad session token is refused without one. */
function isOurToken(response: Response): boolean {
  return response.headers.get('www-authenticate')?.includes('invalid_token') ?? false
}
