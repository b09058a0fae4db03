import type { OidcDeps } from '../deps.ts'
import type { ModelAdapter } from '../payload.ts'
import { accessTokenAdapter } from './access-token-adapter.ts'
import { artifactAdapter } from './artifact-adapter.ts'
import { sharedArtifacts } from './artifacts.ts'
import { clientAdapter } from './client-adapter.ts'
import { codeAdapter } from './code-adapter.ts'
import { grantAdapter } from './grant-adapter.ts'
import { loginAdapter } from './login-adapter.ts'
import { refreshTokenAdapter } from './refresh-token-adapter.ts'

/** Where each kind of thing that the library knows is kept. */
export function createAdapter(deps: OidcDeps): (kind: string) => ModelAdapter {
  const adapters: Readonly<Record<string, (kind: string) => ModelAdapter>> = {
    Session: () => loginAdapter(deps),
    Client: () => clientAdapter(deps),
    Grant: () => grantAdapter(),
    AuthorizationCode: () => codeAdapter(deps),
    RefreshToken: () => refreshTokenAdapter(deps),
    AccessToken: () => accessTokenAdapter('AccessToken', deps),
    ClientCredentials: () => accessTokenAdapter('ClientCredentials', deps),
  }
  const artifacts = sharedArtifacts(deps.db)
  return (kind) => adapters[kind]?.(kind) ?? artifactAdapter(kind, deps, artifacts)
}
