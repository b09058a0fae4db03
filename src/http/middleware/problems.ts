import type { ErrorCode } from '../../errors.ts'
import type { PageProblem } from '../problem-words.ts'

/** How one refusal looks over HTTP: to programs (RFC 9457) and to people. */
export interface Problem {
  readonly status: number
  readonly title: string
  readonly page: PageProblem
}

/** `internal` stands for everything that is no refusal but a fault of ours. */
export const PROBLEMS: Readonly<Record<ErrorCode | 'internal', Problem>> = {
  invalid_request: { status: 400, title: 'Invalid request', page: 'invalid_request' },
  too_large: { status: 413, title: 'Body too large', page: 'invalid_request' },
  unsupported_media_type: { status: 415, title: 'Unsupported content', page: 'invalid_request' },
  misdirected: { status: 421, title: 'Misdirected request', page: 'not_found' },
  method_not_allowed: { status: 405, title: 'Method not allowed', page: 'not_found' },
  invalid_credentials: { status: 401, title: 'Invalid credentials', page: 'invalid_request' },
  throttled: { status: 429, title: 'Too many requests', page: 'throttled' },
  form_expired: { status: 400, title: 'Form expired', page: 'form_expired' },
  not_found: { status: 404, title: 'Not found', page: 'not_found' },
  user_not_found: { status: 404, title: 'User not found', page: 'not_found' },
  user_exists: { status: 409, title: 'User exists', page: 'invalid_request' },
  workspace_not_found: { status: 404, title: 'Workspace not found', page: 'not_found' },
  workspace_exists: { status: 409, title: 'Workspace exists', page: 'invalid_request' },
  workspace_required: { status: 400, title: 'Workspace required', page: 'invalid_request' },
  not_a_member: { status: 403, title: 'Not a member', page: 'not_a_member' },
  client_not_found: { status: 404, title: 'Client not found', page: 'not_found' },
  client_exists: { status: 409, title: 'Client exists', page: 'invalid_request' },
  login_ended: { status: 401, title: 'Login ended', page: 'login_ended' },
  login_required: { status: 401, title: 'Login required', page: 'login_ended' },
  session_not_found: { status: 404, title: 'Session not found', page: 'not_found' },
  session_ended: { status: 410, title: 'Session ended', page: 'session_ended' },
  session_expired: { status: 401, title: 'Session expired', page: 'session_ended' },
  token_malformed: { status: 400, title: 'Malformed session token', page: 'invalid_request' },
  token_invalid: { status: 401, title: 'Invalid session token', page: 'invalid_request' },
  token_reused: { status: 401, title: 'Session token used again', page: 'session_ended' },
  context_mismatch: { status: 401, title: 'Used elsewhere', page: 'session_ended' },
  renewal_too_early: { status: 409, title: 'Renewal too early', page: 'invalid_request' },
  renewals_exhausted: { status: 409, title: 'No renewals left', page: 'session_ended' },
  limit_reached: { status: 409, title: 'Session limit reached', page: 'limit_reached' },
  step_up_required: { status: 401, title: 'Stronger login required', page: 'login_ended' },
  insufficient_scope: { status: 403, title: 'Insufficient scope', page: 'invalid_request' },
  permission_denied: { status: 403, title: 'Not permitted', page: 'invalid_request' },
  grant_ended: { status: 410, title: 'Grant ended', page: 'session_ended' },
  key_destroyed: { status: 410, title: 'Key destroyed', page: 'session_ended' },
  root_key_unusable: { status: 503, title: 'Unavailable', page: 'unavailable' },
  conflict: { status: 409, title: 'Conflict', page: 'invalid_request' },
  unavailable: { status: 503, title: 'Unavailable', page: 'unavailable' },
  internal: { status: 500, title: 'Internal error', page: 'internal' },
}
