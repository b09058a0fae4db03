import type { ErrorCode } from '../errors.ts'
import type { AccountModel } from './account/model.ts'
import type { ApiModel } from './api/page/model.ts'
import type {
  AuthenticatorModel,
  FactorsModel,
  PasskeyModel,
  RecoveryCodesModel,
} from './security/models.ts'

/** What each page is told: words and addresses ready to show, never a row; the key is the template. */
export interface PageModels {
  readonly api: ApiModel
  readonly login: LoginModel
  readonly room: RoomModel
  readonly 'pick-workspace': PickWorkspaceModel
  readonly consent: ConsentModel
  readonly problem: ProblemModel
  readonly logout: LogoutModel
  readonly 'logged-out': LoggedOutModel
  readonly account: AccountModel
  readonly 'second-factor': SecondFactorModel
  readonly 'needs-factor': NeedsFactorModel
  readonly 'security/factors': FactorsModel
  readonly 'security/authenticator': AuthenticatorModel
  readonly 'security/passkey': PasskeyModel
  readonly 'security/recovery-codes': RecoveryCodesModel
}

export interface Link {
  readonly href: string
  readonly label: string
}

/** Every form posts `csrf` to `action`. */
interface Form {
  readonly action: string
  readonly csrf: string
}

export type LoginError = Extract<
  ErrorCode,
  'invalid_credentials' | 'throttled' | 'form_expired' | 'invalid_request' | 'unavailable'
>

/** Carried along by a form that says nothing of it. */
export interface Field {
  readonly name: string
  readonly value: string
}

/** Of a factor besides the password. */
export type FactorError = LoginError | 'wrong_factor'

/** A form that a script fills: `options` for the browser, `challenge` for us; posts `credential`. */
export interface PasskeyOffer {
  readonly action: string
  readonly challenge: string
  readonly options: string
}

/** Posts `username`, `password` and `fields`; the cancel button posts the same form to `cancelAction`. */
export interface LoginModel extends Form {
  /** What else the form is for, where a person confirms an act. */
  readonly fields: readonly Field[]
  /** Where the person is going; null when they came to their own account page. */
  readonly clientName: string | null
  /** What was typed so far, or who is asked to confirm. */
  readonly username: string
  readonly error: FactorError | null
  /** With `throttled`, as in "2 minutes". */
  readonly retryAfter: string | null
  /** What the person should know before they log in: that their last login here made room. */
  readonly notice: string | null
  /** Why somebody who is logged in is asked again; the username is then fixed. */
  readonly confirmReason: string | null
  readonly cancelAction: string | null
  /** Where somebody else may log in instead, while one person is asked to confirm. */
  readonly switchAction: string | null
  /** The way in without a password; null where there is none. */
  readonly passkey: PasskeyOffer | null
}

/** Posts `ticket` with `code`, `recovery` or `credential`. */
export interface SecondFactorModel extends Form {
  readonly fields: readonly Field[]
  readonly clientName: string | null
  readonly ticket: string
  /** For who is logged in, and asked for more. */
  readonly isStepUp: boolean
  readonly hasApp: boolean
  readonly hasCodes: boolean
  readonly passkey: PasskeyOffer | null
  readonly error: FactorError | null
  /** What was wrong, where that is known. */
  readonly by: 'totp' | 'recovery_code' | 'passkey' | null
  readonly retryAfter: string | null
  readonly cancelAction: string | null
}

/** For who is asked for a second factor and has none; the button posts `csrf` to `cancelAction`. */
export interface NeedsFactorModel {
  readonly csrf: string
  readonly clientName: string
  readonly authenticatorHref: string
  /** Null where there can be no passkeys. */
  readonly passkeyHref: string | null
  readonly cancelAction: string
}

/**
 * For somebody who has as many logins or sessions as they may: posts `ticket`, and `end` with what is
 * to make room.
 */
export interface RoomModel extends Form {
  readonly fields: readonly Field[]
  readonly ticket: string
  readonly clientName: string | null
  readonly of: 'logins' | 'sessions'
  /** Otherwise the page only tells, and lets them try again. */
  readonly mayChoose: boolean
  readonly max: number
  readonly places: readonly RoomPlace[]
  readonly cancelAction: string | null
}

export interface RoomPlace {
  readonly value: string
  /** A browser, as in "Firefox on Windows", or the applications of a session. */
  readonly words: string
  readonly handheld: boolean
  readonly workspaces: readonly string[]
  readonly lastUsed: string
}

/** Posts `workspace` with the value of the chosen one; the other button posts to `switchAction`. */
export interface PickWorkspaceModel extends Form {
  readonly clientName: string
  readonly userName: string
  readonly workspaces: readonly WorkspaceChoice[]
  readonly switchAction: string
}

interface WorkspaceChoice {
  readonly value: string
  readonly name: string
  readonly slug: string
  readonly roles: readonly string[]
}

/** Posts `decision`: `allow` or `refuse`. */
export interface ConsentModel extends Form {
  readonly clientName: string
  readonly clientHost: string
  /** Nobody here has looked at this client: it came by dynamic registration. */
  readonly selfRegistered: boolean
  readonly workspaceName: string
  readonly userName: string
  readonly identity: readonly ScopeLine[]
  /** How long offline access lasts, in words; null when it is not asked for. */
  readonly offlineAccess: string | null
  readonly resources: readonly { readonly name: string; readonly scopes: readonly ScopeLine[] }[]
  /** As in "at most 8 hours". */
  readonly sessionLifetime: string
}

interface ScopeLine {
  readonly scope: string
  readonly description: string
}

export interface ProblemModel {
  readonly title: string
  readonly explanation: string
  readonly advice: string
  readonly code: string
  readonly requestId: string
  /** Buttons, the most helpful first; each posts `csrf` to its own action. */
  readonly choices: readonly { readonly action: string; readonly label: string }[]
  readonly csrf: string
  readonly back: Link | null
}

/** Posts `reach`: `login`, the session of one workspace, or `none` to stay. */
export interface LogoutModel extends Form {
  readonly userName: string
  readonly clientName: string | null
  /** Where the client has a part in the session, which can be left alone. */
  readonly workspaces: readonly { readonly session: string; readonly name: string }[]
}

export interface LoggedOutModel {
  /** Named when only this workspace was left. */
  readonly workspaceName: string | null
  readonly back: Link | null
  readonly loginHref: string | null
}
