/** Every address of the server as operators see it; one label for each, whoever answers there. */
const LABELS = [
  '/',
  '/health',
  '/ready',
  '/metrics',
  '/oauth2/authorize',
  '/oauth2/authorize/:uid',
  '/oauth2/token',
  '/oauth2/introspect',
  '/oauth2/revoke',
  '/oauth2/par',
  '/oauth2/userinfo',
  '/oauth2/register',
  '/oauth2/register/:client',
  '/oauth2/logout',
  '/oauth2/logout/confirm',
  '/oauth2/logout/:page',
  '/.well-known/jwks.json',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/interaction/:uid',
  '/interaction/:uid/:step',
  '/account',
  '/account/:act',
  '/account/security',
  '/account/security/:act',
  '/login',
  '/login/:step',
  '/logout',
  '/assets/:name',
  '/api/v1',
  '/api/v1/openapi.json',
  '/api/v1/sessions',
  '/api/v1/sessions/validation',
  '/api/v1/sessions/renewal',
  '/api/v1/sessions/termination',
  '/api/v1/sessions/context',
  '/api/v1/sessions/permissions',
  '/api/v1/sessions/analytics',
  '/api/v1/me/sessions',
  '/api/v1/me/sessions/others/termination',
  '/api/v1/me/sessions/:session',
  '/api/v1/policies/explain',
  '/api/v1/workspaces/:workspace/policy',
  '/api/v1/workspaces/:workspace/roles/:role',
  '/api/v1/workspaces/:workspace/roles/:role/policy',
  '/api/v1/elevations/:elevation/decision',
  '/api/v1/sessions/:session',
  '/api/v1/sessions/:session/permissions',
  '/api/v1/users/:user/sessions',
  '/api/v1/users/:user/sessions/termination',
] as const

export type RouteLabel = (typeof LABELS)[number] | 'other'

const STATIC = new Map<string, RouteLabel>(
  LABELS.filter((label) => !label.includes(':')).map((label) => [label, label]),
)
const PATTERNS = LABELS.filter((label) => label.includes(':')).map(
  (label) => [new RegExp(`^${label.replaceAll(/:\w+/g, '[^/]+')}$`), label] as const,
)

/**
 * The label of a path, never the path: an interaction's address holds its secret, and each address
 * that somebody makes up would be one more row in every metric.
 */
export function routeLabel(path: string): RouteLabel {
  const folded = foldPath(path)
  return STATIC.get(folded) ?? PATTERNS.find(([form]) => form.test(folded))?.[1] ?? 'other'
}

/**
 * A path as the provider's router compares it: any case, one slash at the end or none
 * (oidc-provider 9.13 lib/helpers/router.js). A guard that compares otherwise is walked around.
 */
export function foldPath(path: string): string {
  const folded = path.toLowerCase()
  return folded.length > 1 && folded.endsWith('/') ? folded.slice(0, -1) : folded
}
