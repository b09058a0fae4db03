import type { ClientId, ConsentId, UserId, WorkspaceId } from '../ids.ts'

/** A person's standing yes to a client in one workspace. */
export interface Consent {
  readonly id: ConsentId
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
  readonly clientId: ClientId
  readonly scopes: ConsentedScopes
  /** When yes was said last. */
  readonly grantedAt: Date
}

/** What yes was said to: OpenID scopes, and scopes by resource; a resource may stand without any. */
export interface ConsentedScopes {
  readonly openid: readonly string[]
  readonly resources: Readonly<Record<string, readonly string[]>>
}

/** Whether a standing yes leaves nothing of a request to ask for. */
export function covers(
  consent: Pick<Consent, 'scopes'> | null,
  requested: ConsentedScopes,
): boolean {
  if (!consent) return false
  const given = new Set(partsOf(consent.scopes).map(nameOf))
  return partsOf(requested).every((part) => given.has(nameOf(part)))
}

/** One thing that yes is said to: a scope, a resource, or a scope of a resource. */
export type ConsentPart = string | readonly [string] | readonly [string, string]

/** Scopes as a flat list, so that two yeses add up in one statement without reading the first. */
export function partsOf({ openid, resources }: ConsentedScopes): ConsentPart[] {
  const ofResources = Object.entries(resources).flatMap(([resource, scopes]): ConsentPart[] => [
    [resource],
    ...scopes.map((scope) => [resource, scope] as const),
  ])
  return [...openid, ...ofResources]
}

export function scopesOf(parts: readonly ConsentPart[]): ConsentedScopes {
  const openid = parts.filter((part) => typeof part === 'string')
  const resources = new Map<string, string[]>()
  for (const part of parts) {
    if (typeof part === 'string') continue
    const [resource, scope] = part
    const scopes = resources.get(resource) ?? []
    resources.set(resource, scope === undefined ? scopes : [...scopes, scope])
  }
  return { openid: openid.sort(), resources: Object.fromEntries(resources) }
}

function nameOf(part: ConsentPart): string {
  return JSON.stringify(part)
}
