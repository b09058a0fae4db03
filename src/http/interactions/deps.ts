import type Provider from 'oidc-provider'
import type { FindInRegistry } from '../../clients/find-client.ts'
import type { Config } from '../../config/config.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { LogInDeps } from '../../sessions/log-in.ts'
import type { ReadStay } from '../../sessions/stay.ts'
import type { Csrf } from '../middleware/csrf.ts'
import type { Pages } from '../pages.ts'

/** What the pages on the way into, and out of, applications need. */
export interface InteractionDeps extends LogInDeps {
  readonly config: Pick<Config, 'issuer' | 'login' | 'sessions' | 'offline'>
  readonly serverKeys: Pick<ServerKeys, 'lookupHash' | 'durableHash'>
  readonly registry: FindInRegistry
  readonly stays: ReadStay
  readonly oidc: { provider(): Provider }
  readonly pages: Pages
  readonly csrf: Csrf
}
