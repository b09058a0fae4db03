import type { Keyring } from '../../keys/keyring.ts'
import type { FactorDeps } from '../../sessions/login/log-in-further.ts'
import type { Csrf } from '../middleware/csrf.ts'
import type { Pages } from '../pages.ts'

/** What a person's own page needs. */
export interface AccountDeps extends FactorDeps {
  readonly keyring: FactorDeps['keyring'] & Pick<Keyring, 'sessionKey'>
  readonly pages: Pages
  readonly csrf: Csrf
}
