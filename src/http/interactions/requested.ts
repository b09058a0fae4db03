import type { Resource } from '../../clients/resource.ts'
import type { ConsentedScopes } from '../../consent/consent.ts'
import { CLAIMS_OF_SCOPES } from '../../oidc/claims.ts'
import type { InteractionDeps } from './deps.ts'
import type { OpenInteraction } from './open-interaction.ts'

/** What is asked for, and the resources by name, for the page. */
export interface Requested {
  readonly scopes: ConsentedScopes
  readonly resources: readonly Resource[]
}

const OPENID = new Set([...Object.keys(CLAIMS_OF_SCOPES), 'offline_access'])

/** The whole of what an authorization request asks for, as the provider reads it (RFC 8707 §2.1). */
export async function requestedIn(
  { registry }: InteractionDeps,
  { details, client: { clientId } }: OpenInteraction,
): Promise<Requested> {
  const { scope, resource } = details.params
  const asked = [...new Set(typeof scope === 'string' ? scope.split(' ') : [])]
  const identifiers = [resource].flat().filter((one) => typeof one === 'string')
  const found = await Promise.all(
    identifiers.map((identifier) => registry({ clientId, resource: identifier })),
  )
  const resources = found.map((entry) => entry.resource).filter((entry) => entry !== null)
  const scopesOf = (one: Resource) => asked.filter((name) => one.scopes.includes(name))

  return {
    scopes: {
      openid: asked.filter((name) => OPENID.has(name)),
      resources: Object.fromEntries(resources.map((one) => [one.identifier, scopesOf(one)])),
    },
    resources,
  }
}
