import type { Sql, Statement } from '../../database/sql.ts'
import type { LoginId, UserId } from '../../ids.ts'
import { LIVE } from './login-store.ts'

export interface LiveLoginRow {
  readonly id: LoginId
  readonly user_id: UserId
  readonly root_version: string
  readonly secret_wrapped: Buffer | null
  readonly context_sealed: Buffer | null
  readonly created_at: Date
  readonly last_seen_at: Date
}

const LIVE_OF_USER: Statement = {
  name: 'logins_live_of_user',
  text: `SELECT * FROM (
      SELECT l.id, l.user_id, l.root_version, l.secret_wrapped, l.context_sealed, l.created_at,
        l.last_seen_at,
        row_number() OVER (ORDER BY l.id = $2 DESC, l.last_seen_at DESC, l.id) AS place
      FROM login l JOIN "user" u ON u.id = l.user_id WHERE l.user_id = $1 AND ${LIVE}) live
    WHERE place = 1 OR (place > $3 + 1 AND place <= $3 + 1 + $4::int) ORDER BY place`,
}

/** This login first, whatever is passed over of the others. */
export function liveLoginsBeside(
  db: Sql,
  { id, userId }: { readonly id: LoginId; readonly userId: UserId },
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<readonly LiveLoginRow[]> {
  return db.query<LiveLoginRow>(LIVE_OF_USER, [userId, id, from, limit])
}

const PROVEN_LATELY: Statement = {
  name: 'login_proven_lately',
  text: `SELECT FROM login
    WHERE id = $1 AND auth_time > statement_timestamp() - make_interval(secs => $2)`,
}

export async function isProvenLately(db: Sql, id: LoginId, seconds: number): Promise<boolean> {
  return (await db.query(PROVEN_LATELY, [id, seconds])).length === 1
}
