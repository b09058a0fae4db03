import { errors } from 'undici'
import type { TargetRefusal } from './target.ts'

/** What became of one attempt. */
export type Outcome = 'delivered' | Failed

export interface Failed {
  readonly failure: Failure
  /** Whether another attempt may fare better without anybody's help. */
  readonly retry: boolean
  /** Seconds that the relying party asked us to wait. */
  readonly retryAfter?: number
}

/** Why a logout token was not accepted; stands on the delivery's row. */
export type Failure =
  | TargetRefusal
  | ConnectionFailure
  | `status_${number}`
  /** The client was deleted, or takes no logout tokens any more. */
  | 'client_gone'
  | 'no_logout_uri'
  /** A bug of ours, or a key that was not to be had; the log has the rest. */
  | 'internal_error'

export type ConnectionFailure =
  | 'timeout'
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'connection_lost'
  | 'tls'

/** Outcomes of RFC 9110 statuses: 408, 429 and 5xx may pass, every other refusal is meant. */
export function outcomeOfStatus(status: number, retryAfter?: string): Outcome {
  if (status === 200 || status === 204) return 'delivered'
  const retry = status === 408 || status === 429 || status >= 500
  const failed: Failed = { failure: `status_${status}`, retry }
  const wait = retry ? parseRetryAfter(retryAfter) : null
  return wait === null ? failed : { ...failed, retryAfter: wait }
}

/** A relying party may slow us down, not silence us. */
const LONGEST_WAIT = 3_600

const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/

/** Seconds to wait, from either form of `Retry-After` (RFC 9110 §10.2.3). */
function parseRetryAfter(value = ''): number | null {
  if (/^\d+$/.test(value)) return Math.min(Number(value), LONGEST_WAIT)
  if (!HTTP_DATE.test(value)) return null
  const seconds = Math.ceil((Date.parse(value) - Date.now()) / 1000)
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), LONGEST_WAIT)
}

const CONNECTION_FAILURES: Readonly<Record<string, ConnectionFailure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'connection_lost',
  ECONNABORTED: 'connection_lost',
  EPIPE: 'connection_lost',
  UND_ERR_SOCKET: 'connection_lost',
  UND_ERR_HEADERS_OVERFLOW: 'connection_lost',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ENOTFOUND: 'dns',
}

/** OpenSSL's refusals, as Node names them: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const TLS =
  /^(ERR_TLS|ERR_SSL|EPROTO$|CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERROR_IN_C|INVALID_|PATH_LENGTH|HOSTNAME_MISMATCH)/

/** The outside world's part in an error, or null when the error is our own. */
export function failureOfError(error: unknown): ConnectionFailure | null {
  // An answer that is no HTTP.
  if (error instanceof errors.HTTPParserError) return 'connection_lost'
  if (!(error instanceof Error) || !('code' in error)) return null
  const code = String(error.code)
  const known = CONNECTION_FAILURES[code]
  if (known) return known
  if (code.startsWith('EAI_')) return 'dns'
  return TLS.test(code) ? 'tls' : null
}
