/** The closed list of refusals that a caller can act on; each edge has a table that names all of them. */
export type ErrorCode =
  | 'invalid_request'
  | 'too_large'
  | 'unsupported_media_type'
  | 'misdirected'
  | 'method_not_allowed'
  | 'invalid_credentials'
  | 'throttled'
  | 'form_expired'
  | 'not_found'
  | 'user_not_found'
  | 'user_exists'
  | 'workspace_not_found'
  | 'workspace_exists'
  | 'workspace_required'
  | 'not_a_member'
  | 'client_not_found'
  | 'client_exists'
  | 'login_ended'
  | 'login_required'
  | 'session_not_found'
  | 'session_ended'
  | 'session_expired'
  | 'token_malformed'
  | 'token_invalid'
  | 'token_reused'
  | 'context_mismatch'
  | 'renewal_too_early'
  | 'renewals_exhausted'
  | 'limit_reached'
  | 'step_up_required'
  | 'insufficient_scope'
  | 'permission_denied'
  | 'grant_ended'
  | 'key_destroyed'
  | 'root_key_unusable'
  | 'conflict'
  | 'unavailable'

/** A refusal with a public code; anything else that is thrown is a bug. */
export class DomainError extends Error {
  readonly code: ErrorCode
  /** Seconds after which the same call may succeed. */
  readonly retryAfter: number | undefined
  /** What a caller needs to do better, by name as JSON has it; never a secret. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    options?: {
      readonly cause?: unknown
      readonly retryAfter?: number
      readonly details?: Readonly<Record<string, unknown>>
    },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'DomainError'
    this.code = code
    this.retryAfter = options?.retryAfter
    this.details = options?.details ?? {}
  }
}
