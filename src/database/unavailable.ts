import { DomainError } from '../errors.ts'

/** What pg itself throws when a connection dies under a statement; it gives these no code (pg 8.23 lib/client.js). */
const LOST = new Set([
  'Connection terminated',
  'Query read timeout',
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'timeout expired',
  'Cannot use a pool after calling end on the pool',
])

const SOCKET =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/

/**
 * SQLSTATE: connection exceptions (08), resources exhausted (53), shutdown and start-up (57P0x), a statement
 * or a lock that took too long (57014, 55P03), a standby that is not promoted yet (25006).
 */
const STATES = /^(08...|53...|57P0.|57014|55P03|25006)$/

/** Prisma: unreachable, timed out, closed, no connection or no transaction in time. */
const PRISMA = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'])

/** Whether the database could not answer now, and the same call may succeed later. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  if (code === 'unavailable' || PRISMA.has(code) || LOST.has(error.message)) return true
  if (SOCKET.test(code) && 'syscall' in error) return true
  return STATES.test(sqlState(error) ?? '')
}

/** The same error, or `unavailable` with it as the cause. */
export function asUnavailable(error: unknown): unknown {
  if (error instanceof DomainError || !isUnavailable(error)) return error
  return new DomainError('unavailable', 'the database cannot answer now', {
    cause: error,
    retryAfter: 1,
  })
}

/** PostgreSQL's five-character code, through pg or through Prisma. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const behind = driverError(error)
  const code = behind?.originalCode ?? behind?.code ?? codeOf(error)
  return /^[0-9A-Z]{5}$/.test(code) && !/^P\d{4}$/.test(code) ? code : null
}

interface DriverError {
  readonly originalCode?: string
  readonly code?: string
}

interface PrismaError extends Error {
  readonly code?: unknown
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: DriverError } }
}

function driverError(error: PrismaError): DriverError | undefined {
  if (error.meta?.driverAdapterError) return error.meta.driverAdapterError.cause
  return error.name === 'DriverAdapterError' ? (error.cause as DriverError) : undefined
}

function codeOf(error: PrismaError): string {
  return typeof error.code === 'string' ? error.code : ''
}
