/** Every code that the sessions API answers with; the server's list, which a test compares with this one. */
export const SESSION_ERROR_CODES = [
  'invalid_request',
  'too_large',
  'unsupported_media_type',
  'misdirected',
  'method_not_allowed',
  'invalid_credentials',
  'throttled',
  'form_expired',
  'not_found',
  'user_not_found',
  'user_exists',
  'workspace_not_found',
  'workspace_exists',
  'workspace_required',
  'not_a_member',
  'client_not_found',
  'client_exists',
  'login_ended',
  'login_required',
  'session_not_found',
  'session_ended',
  'session_expired',
  'token_malformed',
  'token_invalid',
  'token_reused',
  'context_mismatch',
  'renewal_too_early',
  'renewals_exhausted',
  'limit_reached',
  'step_up_required',
  'insufficient_scope',
  'permission_denied',
  'grant_ended',
  'key_destroyed',
  'root_key_unusable',
  'conflict',
  'unavailable',
  'internal',
] as const

export type SessionErrorCode = (typeof SESSION_ERROR_CODES)[number]

interface Problem {
  readonly code?: unknown
  readonly detail?: unknown
  /** In place of a detail where it was the token endpoint that refused (RFC 6749 §5.2). */
  readonly error_description?: unknown
  readonly title?: unknown
  readonly request_id?: unknown
  readonly [name: string]: unknown
}

/** A refusal of the sessions API (RFC 9457): `code` is what to act on, the message is for people. */
export class SessionError extends Error {
  readonly code: SessionErrorCode
  /** The HTTP status; 0 where no answer came. */
  readonly status: number
  /** Seconds after which the same call may succeed; null where nothing says so. */
  readonly retryAfter: number | null
  /** The number under which the server's log has the request. */
  readonly requestId: string | null
  /** All else that the server said, by the names it has there. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    message: string,
    options: {
      readonly code: SessionErrorCode
      readonly status: number
      readonly retryAfter?: number | null
      readonly requestId?: string | null
      readonly details?: Readonly<Record<string, unknown>>
      readonly cause?: unknown
    },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SessionError'
    this.code = options.code
    this.status = options.status
    this.retryAfter = options.retryAfter ?? null
    this.requestId = options.requestId ?? null
    this.details = options.details ?? {}
  }
}

/** The refusal in an answer, whatever came in place of a problem. */
export async function errorOf(response: Response): Promise<SessionError> {
  const problem = await problemOf(response)
  const { code, detail, title, request_id: requestId, type: _, status: __, ...rest } = problem
  const { error_description: description, ...details } = rest
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new SessionError(
    String(detail ?? description ?? title ?? `the server answered ${response.status}`),
    {
      code: isCode(code) ? code : codeOfStatus(response.status),
      status: response.status,
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
      requestId: typeof requestId === 'string' ? requestId : response.headers.get('x-request-id'),
      details,
    },
  )
}

async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get('content-type') ?? ''
  const body: unknown = /json/.test(type) ? await response.json().catch(() => null) : null
  return typeof body === 'object' && body !== null ? (body as Problem) : {}
}

function isCode(code: unknown): code is SessionErrorCode {
  return (SESSION_ERROR_CODES as readonly unknown[]).includes(code)
}

function codeOfStatus(status: number): SessionErrorCode {
  if (status === 401) return 'invalid_credentials'
  if (status === 404) return 'not_found'
  if (status === 429) return 'throttled'
  return status >= 500 ? 'unavailable' : 'invalid_request'
}
