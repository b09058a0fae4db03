import type { Sql, Statement } from '../database/sql.ts'
import type { UserId } from '../ids.ts'

const LOCK: Statement = {
  name: 'user_lock_password',
  text: 'SELECT 1 FROM "user" WHERE id = $1 AND password_version = $2 FOR SHARE',
}

export async function lockPassword(tx: Sql, id: UserId, version: number): Promise<boolean> {
  return (await tx.query(LOCK, [id, version])).length === 1
}
