import type { OidcDeps } from './deps.ts'
import type { RequestState } from './request-state.ts'
import { ROUTES } from './routes.ts'

interface Answered {
  readonly path: string
  readonly status: number
  readonly body: unknown
  readonly res: { getHeader(name: string): unknown }
}

/**
 * Notes what keeps a session and its login from falling idle: tokens were given, a person's claims
 * told, a code sent, a live token asked about by who may. A stranger who merely names a token, or
 * revokes it, uses nothing.
 */
export function noteUse(
  { activity }: Pick<OidcDeps, 'activity'>,
  answered: Answered,
  { checked }: RequestState,
): void {
  if (checked && isUse(answered)) activity.used(checked.session)
}

function isUse({ path, status, body, res }: Answered): boolean {
  const route = path.toLowerCase()
  if (route.startsWith(ROUTES.authorization))
    return /[?&#]code=/.test(String(res.getHeader('Location') ?? '')) || isFormPost(body)
  if (status !== 200) return false
  if (route.startsWith(ROUTES.introspection)) return isActive(body)
  return route.startsWith(ROUTES.token) || route.startsWith(ROUTES.userinfo)
}

function isActive(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'active' in body && body.active === true
}

/** The response mode that carries the code in a page (OAuth 2.0 Form Post Response Mode). */
function isFormPost(body: unknown): boolean {
  return typeof body === 'string' && body.includes('name="code"')
}
