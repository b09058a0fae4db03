import Provider, { type Configuration } from 'oidc-provider'
import type { SigningKeySet } from '../keys/signing-keys.ts'
import { configurationOf } from './configuration.ts'
import { cookieKeys } from './cookies.ts'
import type { OidcDeps } from './deps.ts'
import { overrideModels } from './overrides.ts'
import { providerKeys } from './provider-keys.ts'

/** The OpenID provider for one set of signing keys; another set needs another one. */
export function buildProvider(
  deps: OidcDeps,
  keys: SigningKeySet,
  renderError: Configuration['renderError'],
): Provider {
  const own = { jwks: providerKeys(keys), cookieKeys: cookieKeys(deps.serverKeys), renderError }
  const provider = new Provider(deps.config.issuer, configurationOf(deps, own))
  provider.proxy = deps.config.proxyHops > 0
  overrideModels(provider, deps)
  return provider
}
