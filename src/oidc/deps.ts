import type { FindInRegistry } from '../clients/find-client.ts'
import type { Config } from '../config/config.ts'
import type { Db } from '../database/transaction.ts'
import type { Policies } from '../decisions/policies.ts'
import type { AuditKeys } from '../keys/audit-keys.ts'
import type { ServerKeys } from '../keys/data-keys.ts'
import type { Keyring } from '../keys/keyring.ts'
import type { Activity } from '../sessions/activity.ts'
import type { ReadStay } from '../sessions/stay.ts'
import type { AdvanceFamily } from '../sessions/tokens/advance-family.ts'
import type { ReadFamily } from '../sessions/tokens/family-check.ts'
import type { ReadCode } from '../sessions/tokens/redeem-code.ts'
import type { ReadPerson } from './person.ts'
import type { Strangers } from './strangers.ts'
import type { VerificationKey } from './verify-own-jwt.ts'

/** What the provider's side needs of everything else. */
export interface OidcDeps {
  readonly db: Db
  readonly config: Config
  readonly keyring: Keyring
  readonly serverKeys: ServerKeys
  readonly auditKeys: AuditKeys
  readonly registry: FindInRegistry
  readonly activity: Activity
  readonly advanceFamily: AdvanceFamily
  readonly families: ReadFamily
  readonly policies: Pick<Policies, 'effectiveFor'>
  readonly stays: ReadStay
  readonly people: ReadPerson
  readonly codes: ReadCode
  /** Public keys whose tokens may still live, by kid. */
  readonly verificationKeys: () => ReadonlyMap<string, VerificationKey>
  readonly strangers: Strangers
  /** Tells monitoring what has happened, after it is committed. */
  readonly publish: (outcome: Outcome) => void
}

export interface Outcome {
  readonly kind: string
  readonly [detail: string]: unknown
}
