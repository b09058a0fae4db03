/** One stay, of a person or of a service, in exactly one workspace. Instants are `Date`s. */
export interface Session {
  /** `ses_…` */
  readonly sessionId: string
  readonly kind: 'login' | 'offline' | 'api' | 'service'
  readonly workspaceId: string
  readonly workspaceSlug: string
  /** `usr_…`; null for a service's own session. */
  readonly userId: string | null
  /** Of a service's own session; of one made for a person, the service that made it. */
  readonly clientId: string | null
  readonly loginId: string | null
  readonly roles: readonly string[]
  /** Of the roles, and those that the session is given for a while. */
  readonly permissions: readonly string[]
  readonly elevatedUntil: Date | null
  /** How strongly its holder proved who they are (RFC 9470), how (RFC 8176), and when. */
  readonly acr: string | null
  readonly amr: readonly string[]
  readonly authTime: Date | null
  readonly createdAt: Date
  readonly lastSeenAt: Date
  /** When it ends if nothing happens in it. */
  readonly idleEndAt: Date
  /** When it ends whatever happens. */
  readonly absoluteEndAt: Date
  readonly tokenExpiresAt: Date | null
  readonly renewals: number
}

/** Where a session is used; what is not known is left out. */
export interface SessionContext {
  readonly ipAddress?: string
  readonly userAgent?: string
  readonly deviceId?: string
  readonly location?: { readonly country?: string; readonly city?: string }
  /** `wsp_…` or a slug; needed where the person is in several workspaces of yours. */
  readonly workspaceId?: string
  /** When it was last used, as far as you know: it prolongs nothing by itself. */
  readonly lastActivity?: Date
}

/** What can be done next. */
export type Next =
  | { readonly act: 'renew'; readonly from: Date; readonly until: Date }
  | { readonly act: 'log_in'; readonly by: Date | null }
  | { readonly act: 'step_up'; readonly acr: string }

export interface IssuedSession {
  readonly sessionToken: string
  readonly session: Session
  readonly next: Next
}

export interface CreatedSession extends IssuedSession {
  /** Sessions of your workspaces that a limit ended for it. */
  readonly evicted: readonly string[]
}

export interface CreateOptions {
  /** What it is worth where a limit ends the lowest; otherwise the policy says. */
  readonly priority?: number
}

/** A login or a session that a limit counts. */
export interface CountedSession {
  readonly kind: 'login' | 'session'
  /** `lgn_…` or `ses_…` */
  readonly id: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly priority: number | null
}

/** What `createSession` would do as things are. */
export interface SessionPreview {
  /** `ask`: `createSession` answers `limit_reached`, and one of the candidates must end first. */
  readonly outcome: 'admitted' | 'denied' | 'ask'
  readonly wouldEvict: readonly CountedSession[]
  /** Would leave too, and are beyond your workspaces. */
  readonly others: number
  /** The limit that lets nobody in; null where there is room. */
  readonly reached: {
    readonly limit: string
    readonly max: number
    readonly count: number
    readonly next: { readonly act: 'end_sessions'; readonly number: number }
    readonly candidates: readonly CountedSession[]
  } | null
}

export type Validation =
  | {
      readonly isValid: true
      readonly session: Session
      /** The token that takes the place of the one presented; keep it. */
      readonly sessionToken?: string
      readonly next: Next
      /** Milliseconds: the answer is true of a moment not longer ago; 0 is now. */
      readonly viewAgeMs: number
    }
  | {
      readonly isValid: false
      readonly reason:
        | 'malformed'
        | 'bad_signature'
        | 'expired'
        | 'not_found'
        | 'invalidated'
        | 'reused'
        | 'context_mismatch'
      /** Why the session ended, where its holder may know. */
      readonly endCause: string | null
      readonly next: Next
      readonly viewAgeMs: number
    }

export interface ValidateOptions {
  /** A poll or a prefetch, which keeps nobody's session alive. */
  readonly background?: boolean
  /** Where the token is used now. */
  readonly context?: SessionContext
  /**
   * `strong`: true of this moment. `bounded`: perhaps from the server's memory, and true of a moment
   * not longer ago than its bound; `viewAgeMs` says how long. The server's own way where nothing is said.
   */
  readonly consistency?: 'strong' | 'bounded'
}

export interface ElevationOptions {
  /** Seconds from now; 15 minutes where nothing is said. */
  readonly lifetime?: number
  readonly reason?: string
}

/** Permissions of one session until a time. */
export interface Elevation {
  readonly elevationId: string
  /** `asked` waits for a second person. */
  readonly state: 'asked' | 'granted' | 'refused'
  readonly permissions: readonly string[]
  readonly reason: string
  readonly endAt: Date
}

/** How a session was used until now. */
export interface SessionAnalytics {
  readonly sessionId: string
  /** Minutes, from its creation to now or to its end. */
  readonly duration: number
  readonly lastActivity: Date
  readonly validations: number
  readonly failedValidations: Readonly<Record<string, number>>
  readonly renewals: number
  readonly devices: number
  readonly networks: number
  readonly countries: readonly string[]
  readonly clients: readonly string[]
}
