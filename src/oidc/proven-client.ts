import { type Client, grantTypesOf, needsSecret } from '../clients/client.ts'
import type { ClientMetadata } from '../clients/client-metadata.ts'
import { isClientSecret } from '../clients/secrets.ts'
import type { OidcDeps } from './deps.ts'

/** What a client shows at the token endpoint in the plainest way; a public client has no secret. */
export interface ShownClient {
  readonly clientId: string
  readonly clientSecret: string | null
}

type KnownClient = Pick<Client, 'clientId' | 'metadata' | 'secretHash'>

/**
 * Whether a client has proved who it is and may ask for this kind of grant. False is no refusal:
 * what the library knows better how to judge comes here as false too.
 */
export function isProven(
  { serverKeys }: Pick<OidcDeps, 'serverKeys'>,
  client: KnownClient,
  { clientId, clientSecret, grantType }: ShownClient & { readonly grantType: string },
): boolean {
  const { metadata } = client
  if (client.clientId !== clientId || isSpecial(metadata)) return false
  if (!grantTypesOf(metadata).some((type) => type === grantType)) return false
  // Either method may carry the secret of a client that registered the other one, as with the library.
  if (clientSecret !== null)
    return needsSecret(metadata) && isClientSecret(serverKeys, client, clientSecret)
  return metadata.token_endpoint_auth_method === 'none'
}

/** Its tokens need a proof, its secret may have run out, or its sector has to be asked for. */
function isSpecial(metadata: ClientMetadata): boolean {
  const { client_secret_expires_at: expiresAt = 0 } = metadata as {
    client_secret_expires_at?: unknown
  }
  return (
    expiresAt !== 0 ||
    metadata.dpop_bound_access_tokens === true ||
    metadata.sector_identifier_uri !== undefined
  )
}
