import type pg from 'pg'
import { prepared, type Statement } from './sql.ts'

export type Attempt<T> = { readonly held: true; readonly result: T } | { readonly held: false }

// The second number keeps these names apart from other uses of advisory locks.
const LOCK: Statement = {
  name: 'advisory_try_lock',
  text: 'SELECT pg_try_advisory_lock(hashtextextended($1, 7265003)) AS held',
}
const UNLOCK: Statement = {
  name: 'advisory_unlock',
  text: 'SELECT pg_advisory_unlock(hashtextextended($1, 7265003)) AS freed',
}

/**
 * Runs `work` unless another process, or another caller here, runs it under this name.
 *
 * The lock is a connection's: the database frees it when this process dies.
 */
export async function tryExclusively<T>(
  pool: pg.Pool,
  name: string,
  work: () => Promise<T>,
): Promise<Attempt<T>> {
  const client = await pool.connect()
  const onError = () => undefined
  client.on('error', onError)
  let freed = false
  try {
    const { rows } = await prepared<{ held: boolean }>(client, LOCK, [name])
    if (!rows[0]?.held) {
      freed = true
      return { held: false }
    }
    const result = await work()
    freed = (await prepared<{ freed: boolean }>(client, UNLOCK, [name])).rows[0]?.freed ?? false
    return { held: true, result }
  } finally {
    client.off('error', onError)
    // A connection that still holds the lock is closed, and the lock with it.
    client.release(!freed)
  }
}
