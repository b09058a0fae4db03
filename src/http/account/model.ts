/** Everything that is open in a person's name; every form posts `csrf`. */
export interface AccountModel {
  readonly csrf: string
  readonly userName: string
  readonly username: string
  readonly logoutAction: string
  readonly here: Place
  readonly others: readonly OtherPlace[]
  readonly othersAction: string
  readonly moreOthers: More | null
  readonly everywhereAction: string
  readonly kept: readonly KeptAccess[]
  readonly moreKept: More | null
  /** Sessions that services made; each posts `session` to `keptAction` as well. */
  readonly services: readonly KeptAccess[]
  readonly moreServices: More | null
  readonly keptAction: string
  readonly consents: readonly GivenConsent[]
  readonly withdrawAction: string
}

/** What a list says that is longer than what is shown of it. */
export interface More {
  readonly words: string
  readonly nextHref: string | null
  readonly firstHref: string | null
}

/** A browser that is logged in, with a session for each workspace that was entered there. */
export interface Place {
  /** As in "Firefox on Windows". */
  readonly device: string
  readonly handheld: boolean
  readonly address: string | null
  readonly startedAt: string
  readonly lastUsed: string
  readonly sessions: readonly PlaceSession[]
  /** Each session posts `session` to it. */
  readonly endAction: string
}

/** Posts `login` to `logoutAction`. */
export interface OtherPlace extends Place {
  readonly login: string
  readonly logoutAction: string
}

export interface PlaceSession {
  readonly session: string
  readonly workspaceName: string
  readonly roles: readonly string[]
  readonly applications: readonly string[]
  readonly startedAt: string
  readonly lastUsed: string
  /** The address where it began, if not its login's. */
  readonly openedFrom: string | null
  /** The browser that began it, if not its login's. */
  readonly openedBy: string | null
}

/** An offline session, or one that a service made; posts `session` to `keptAction`. */
export interface KeptAccess {
  readonly session: string
  readonly applicationName: string
  readonly workspaceName: string
  readonly startedAt: string
  readonly lastUsed: string
  readonly ends: string
}

/** Posts `consent` to `withdrawAction`. */
export interface GivenConsent {
  readonly consent: string
  readonly applicationName: string
  readonly workspaceName: string
  readonly grantedAt: string
  /** What the application may know of the person. */
  readonly identity: readonly ScopeLine[]
  /** What it may use in their name. */
  readonly resources: readonly { readonly name: string; readonly scopes: readonly ScopeLine[] }[]
  readonly offlineAccess: boolean
}

interface ScopeLine {
  readonly scope: string
  readonly description: string
}
