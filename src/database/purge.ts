import { purgeLimits } from './limiter.ts'
import { DUE } from './purge-due.ts'
import type { Sql, Statement } from './sql.ts'

export interface PurgeOptions {
  /** Seconds for which what has ended is still shown to operators. */
  readonly endedFor: number
  /** Rows of one statement, so that no lock is held for long; 5000 at most. */
  readonly batch?: number
}

/** How many rows of each kind were removed. */
export type Purged = Readonly<Record<string, number>>

const BATCH = 1_000

/**
 * Removes what nobody can use any more, a few rows at a time and past rows that somebody holds.
 *
 * Goes on until a batch is not full: with a cap, whoever makes rows faster would fill the disk.
 * Nothing depends on it: each check compares times itself.
 */
export async function purge(db: Sql, options: PurgeOptions): Promise<Purged> {
  const batch = Math.min(options.batch ?? BATCH, 5_000)
  const purged: Record<string, number> = {}
  for (const [name, statement] of Object.entries(EXPIRED))
    purged[name] = await inBatches(batch, () => db.execute(statement, [batch]))
  for (const [name, statement] of Object.entries(ENDED))
    purged[name] = await inBatches(batch, () => db.execute(statement, [batch, options.endedFor]))
  purged.limits = await inBatches(batch, () => purgeLimits(db, batch))
  return purged
}

async function inBatches(batch: number, remove: () => Promise<number>): Promise<number> {
  let removed = 0
  for (;;) {
    const count = await remove()
    removed += count
    if (count < batch) return removed
  }
}

function expired(table: string, key: string, due: string): Statement {
  return {
    name: `purge_${table}`,
    text: `DELETE FROM ${table} WHERE (${key}) IN (
      SELECT ${key} FROM ${table} WHERE ${due} LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  }
}

const EXPIRED = {
  artifacts: expired('artifact', 'model, hash', DUE.artifacts),
  replays: expired('replay', 'hash', DUE.replays),
  revoked_tokens: expired('revoked_token', 'jti', DUE.revokedTokens),
  changes: expired('feed_record', 'id', DUE.changes),
}

const ENDED = {
  // What hung on a session goes with it.
  sessions: {
    name: 'purge_session',
    text: `WITH gone AS (
        DELETE FROM session WHERE id IN (
          SELECT id FROM session s WHERE ${DUE.sessions}
          LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING id),
      families AS (DELETE FROM family f USING gone WHERE f.session_id = gone.id),
      participants AS (DELETE FROM participant p USING gone WHERE p.session_id = gone.id),
      elevations AS (DELETE FROM elevation e USING gone WHERE e.session_id = gone.id),
      figures AS (DELETE FROM session_figures f USING gone WHERE f.session_id = gone.id),
      deliveries AS (DELETE FROM delivery d USING gone WHERE d.session_id = gone.id)
      SELECT id FROM gone`,
  },
  feed: {
    name: 'purge_feed',
    text: `DELETE FROM feed_record WHERE id IN (
      SELECT id FROM feed_record WHERE ${DUE.feed} LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  },
  grants: {
    name: 'purge_grant',
    text: `DELETE FROM "grant" WHERE id IN (
      SELECT id FROM "grant" WHERE ${DUE.grants} LIMIT $1 FOR UPDATE SKIP LOCKED)`,
  },
  logins: {
    name: 'purge_login',
    text: `WITH gone AS (
        DELETE FROM login WHERE id IN (
          SELECT id FROM login WHERE ${DUE.logins} LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING id),
      barriers AS (DELETE FROM login_barrier b USING gone WHERE b.login_id = gone.id)
      SELECT id FROM gone`,
  },
} satisfies Record<string, Statement>
