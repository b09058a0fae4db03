import Provider, { errors } from 'oidc-provider'
import { deleteClient } from '../../access/delete-client.ts'
import { type Client, grantTypesOf, needsSecret } from '../../clients/client.ts'
import type { ClientMetadata } from '../../clients/client-metadata.ts'
import { saveRegisteredClient } from '../../clients/save-registered-client.ts'
import { DomainError } from '../../errors.ts'
import { IDENTITY_SCOPES } from '../claims.ts'
import type { OidcDeps } from '../deps.ts'
import { foldJwt } from '../folded-jwt.ts'
import { adapterOf, type ModelAdapter, type Payload } from '../payload.ts'
import { currentState } from '../request-state.ts'

/** Stands where the library wants a secret; `compareClientSecret` never looks at it, and none is told it. */
export const NO_SECRET_HERE = 'kept-as-a-keyed-hash'

type Deps = Pick<OidcDeps, 'db' | 'registry' | 'serverKeys'>

export function clientAdapter(deps: Deps): ModelAdapter {
  return adapterOf('Client', {
    find: async (clientId) => {
      const client = await readClient(deps, clientId)
      return client ? clientPayload(client) : undefined
    },
    upsert: async (clientId, { client_secret: secret, ...metadata }) => {
      const kept = typeof secret === 'string' && secret !== NO_SECRET_HERE ? secret : null
      await saveRegisteredClient(deps, { clientId, metadata, secret: kept }).catch(
        asRegistrationError,
      )
    },
    destroy: async (clientId) => {
      const { client } = await deps.registry({ clientId, resource: null })
      if (client) await deleteClient(deps, client.id, { kind: 'client', id: client.id })
    },
  })
}

/** The client of a request, read with the resource that is asked for, and noted for the request. */
export async function readClient(deps: Deps, clientId: string): Promise<Client | null> {
  foldPresentedToken()
  const { client, resource } = await deps.registry({ clientId, resource: resourceAsked() })
  const state = currentState()
  if (client) state?.clients.set(clientId, client)
  if (resource) state?.resources.set(resource.identifier, resource)
  return client
}

export function clientPayload(client: Client): Payload {
  // A client whom nobody is sent to has no address for it; the library would ask for one.
  const isVisited = grantTypesOf(client.metadata).includes('authorization_code')
  return {
    ...(isVisited ? {} : { response_types: [], redirect_uris: [] }),
    ...withoutResourceScopes(client.metadata),
    client_id: client.clientId,
    ...(needsSecret(client.metadata) ? { client_secret: NO_SECRET_HERE } : {}),
  }
}

/** The library knows no scopes but its own, and refuses a client that names others; we hold it to them. */
function withoutResourceScopes({ scope, ...metadata }: ClientMetadata): Payload {
  const isKnown = scope?.split(' ').every((name) => IDENTITY_SCOPES.includes(name))
  return isKnown ? { ...metadata, scope } : metadata
}

/** The resource of the request under way, so that it is read together with the client. */
function resourceAsked(): string | null {
  const oidc = Provider.ctx?.oidc
  const asked = oidc?.params?.resource ?? (oidc?.body as Payload | undefined)?.resource
  return typeof asked === 'string' ? asked : null
}

/** Comes before the library looks at the token: a client authenticates first. */
function foldPresentedToken(): void {
  const oidc = Provider.ctx?.oidc
  const token = oidc?.params?.token
  if (oidc && typeof token === 'string' && /^(introspection|revocation)$/.test(oidc.route))
    oidc.params!.token = foldJwt(token)
}

function asRegistrationError(error: unknown): never {
  if (error instanceof DomainError && error.code === 'invalid_request')
    throw new errors.InvalidClientMetadata(error.message)
  throw error
}
