import type { ErrorCode } from '../../errors.ts'
import { ROUTES } from '../../oidc/routes.ts'
import { foldPath } from './route-label.ts'

/** How one refusal looks where OAuth is spoken. */
export interface OauthError {
  readonly status: number
  readonly error: string
}

// RFC 6749 §5.2: every refusal is a 400 unless it is one of the client's credentials.
const INVALID_REQUEST: OauthError = { status: 400, error: 'invalid_request' }
const UNAVAILABLE: OauthError = { status: 503, error: 'temporarily_unavailable' }

const ERRORS: Readonly<Record<ErrorCode | 'internal', OauthError>> = {
  invalid_request: INVALID_REQUEST,
  too_large: INVALID_REQUEST,
  unsupported_media_type: INVALID_REQUEST,
  // HTTP's own words about where and how to ask, which a client's library acts on.
  misdirected: { status: 421, error: 'invalid_request' },
  method_not_allowed: { status: 405, error: 'invalid_request' },
  not_found: { status: 404, error: 'invalid_request' },
  invalid_credentials: { status: 401, error: 'invalid_client' },
  client_not_found: { status: 401, error: 'invalid_client' },
  throttled: { status: 429, error: 'temporarily_unavailable' },
  form_expired: INVALID_REQUEST,
  user_not_found: INVALID_REQUEST,
  user_exists: INVALID_REQUEST,
  workspace_not_found: INVALID_REQUEST,
  workspace_exists: INVALID_REQUEST,
  workspace_required: INVALID_REQUEST,
  not_a_member: { status: 400, error: 'access_denied' },
  client_exists: INVALID_REQUEST,
  login_ended: { status: 400, error: 'invalid_grant' },
  login_required: { status: 400, error: 'invalid_grant' },
  session_not_found: { status: 400, error: 'invalid_grant' },
  session_ended: { status: 400, error: 'invalid_grant' },
  session_expired: { status: 400, error: 'invalid_grant' },
  token_malformed: { status: 400, error: 'invalid_grant' },
  token_invalid: { status: 400, error: 'invalid_grant' },
  token_reused: { status: 400, error: 'invalid_grant' },
  context_mismatch: { status: 400, error: 'invalid_grant' },
  renewal_too_early: { status: 400, error: 'invalid_grant' },
  renewals_exhausted: { status: 400, error: 'invalid_grant' },
  limit_reached: { status: 400, error: 'access_denied' },
  // RFC 9470 §3.
  step_up_required: { status: 401, error: 'insufficient_user_authentication' },
  insufficient_scope: { status: 403, error: 'insufficient_scope' },
  permission_denied: { status: 400, error: 'access_denied' },
  grant_ended: { status: 400, error: 'invalid_grant' },
  key_destroyed: { status: 400, error: 'invalid_grant' },
  conflict: INVALID_REQUEST,
  root_key_unusable: UNAVAILABLE,
  unavailable: UNAVAILABLE,
  internal: { status: 500, error: 'server_error' },
}

/** What a program is told at an OAuth endpoint; null where no OAuth is spoken. */
export function oauthErrorOf(path: string, code: ErrorCode | 'internal'): OauthError | null {
  const folded = foldPath(path)
  if (!isProtocol(folded)) return null
  // RFC 9126 §2.3 wants to hear of a request that is too large.
  if (code === 'too_large' && folded === ROUTES.pushed_authorization_request)
    return { ...INVALID_REQUEST, status: 413 }
  return ERRORS[code]
}

/** Where programs ask: all below `/oauth2` but the pages that people are sent to. */
function isProtocol(path: string): boolean {
  if (path.startsWith('/.well-known/')) return true
  const isPage = [ROUTES.authorization, ROUTES.end_session].some((page) => path.startsWith(page))
  return path.startsWith('/oauth2/') && !isPage
}
