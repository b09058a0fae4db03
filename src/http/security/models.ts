import type { FactorError, Link, PasskeyOffer } from '../view-models.ts'

interface Form {
  readonly action: string
  readonly csrf: string
}

/** What was done a moment ago. */
export type Done = 'added' | 'removed' | 'others'

/** Posts `factor` to `action`, or nothing but `csrf` to the other two. */
export interface FactorsModel extends Form {
  readonly username: string
  readonly done: Done | null
  readonly factors: readonly ShownFactor[]
  /** Null where no more may be added, or none can be. */
  readonly authenticatorHref: string | null
  readonly passkeyHref: string | null
  readonly codesLeft: number
  readonly codesAction: string
  readonly othersAction: string
}

export interface ShownFactor {
  readonly id: string
  readonly isPasskey: boolean
  readonly name: string
  readonly backedUp: boolean
  readonly addedAt: string
  /** Null for one that was never used. */
  readonly lastUsed: string | null
}

/** Posts `ticket`, `name` and the `code` that the app shows. */
export interface AuthenticatorModel extends Form {
  readonly ticket: string
  readonly secret: string
  /** The QR code as SVG, in base 64: the page carries its content as the address. */
  readonly picture: string
  readonly name: string
  readonly error: FactorError | null
}

/** Posts `name`, and what a script puts into `credential`. */
export interface PasskeyModel {
  readonly csrf: string
  readonly offer: PasskeyOffer
  readonly name: string
  readonly error: FactorError | null
}

/** The only time that they can be read; the button posts `csrf` to `othersAction`. */
export interface RecoveryCodesModel {
  readonly csrf: string
  readonly codes: readonly string[]
  /** Whether a factor was added with them, or they took the place of others. */
  readonly isFirst: boolean
  readonly next: Link
  readonly othersAction: string
}
