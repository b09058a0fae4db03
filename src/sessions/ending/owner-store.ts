import type { Sql, Statement } from '../../database/sql.ts'
import type { LoginId, SessionId, UserId } from '../../ids.ts'

// Whose something is never changes, so that what is read here still holds when it is ended.
const OF_SESSION: Statement = {
  name: 'session_is_of',
  text: 'SELECT FROM session WHERE id = $1 AND user_id = $2',
}

const OF_LOGIN: Statement = {
  name: 'login_is_of',
  text: 'SELECT FROM login WHERE id = $1 AND user_id = $2',
}

export async function isSessionOf(db: Sql, id: SessionId, userId: UserId): Promise<boolean> {
  return (await db.query(OF_SESSION, [id, userId])).length === 1
}

export async function isLoginOf(db: Sql, id: LoginId, userId: UserId): Promise<boolean> {
  return (await db.query(OF_LOGIN, [id, userId])).length === 1
}
