import type pg from 'pg'
import { DomainError } from '../errors.ts'

/**
 * Commits, or fails: after an error that the work ignored, PostgreSQL answers COMMIT with a rollback and
 * without an error.
 */
export async function commit(client: pg.ClientBase): Promise<void> {
  const { command } = await client.query('COMMIT')
  if (command === 'COMMIT') return
  throw new Error('a statement of this transaction failed, and the failure was ignored')
}

/** For a statement that comes after the end: most often the transaction took longer than it may. */
export function transactionOver(): DomainError {
  return new DomainError('unavailable', 'the transaction is over', { retryAfter: 1 })
}
