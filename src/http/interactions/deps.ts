import type Provider from 'oidc-provider'
import type { FindInRegistry } from '../../clients/find-client.ts'
import type { Config } from '../../config/config.ts'
import type { Policies } from '../../decisions/policies.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { FactorDeps } from '../../sessions/login/log-in-further.ts'
import type { ReadStay } from '../../sessions/stay.ts'
import type { Csrf } from '../middleware/csrf.ts'
import type { Pages } from '../pages.ts'

/** What the pages on the way into, and out of, applications need. */
export interface InteractionDeps extends FactorDeps {
  readonly config: Pick<Config, 'issuer' | 'login' | 'offline'>
  readonly serverKeys: FactorDeps['serverKeys']
  readonly keyring: FactorDeps['keyring'] & Pick<Keyring, 'sessionKey'>
  readonly registry: FindInRegistry
  readonly policies: Pick<Policies, 'effectiveFor'>
  readonly stays: ReadStay
  readonly oidc: { provider(): Provider }
  readonly pages: Pages
  readonly csrf: Csrf
}
