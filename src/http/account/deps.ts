import type { Keyring } from '../../keys/keyring.ts'
import type { LogInDeps } from '../../sessions/log-in.ts'
import type { BrowserDeps } from '../interactions/browser-login.ts'
import type { Csrf } from '../middleware/csrf.ts'
import type { Pages } from '../pages.ts'

/** What a person's own page needs. */
export interface AccountDeps extends LogInDeps {
  readonly config: LogInDeps['config'] & BrowserDeps['config']
  readonly keyring: LogInDeps['keyring'] & Pick<Keyring, 'sessionKey'>
  readonly pages: Pages
  readonly csrf: Csrf
}
