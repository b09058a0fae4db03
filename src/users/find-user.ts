import type { Sql } from '../database/sql.ts'
import type { UserId } from '../ids.ts'
import { isExternalId, parseUsername, type User } from './user.ts'
import { selectUser, selectUserByExternalId, selectUserByUsername } from './user-store.ts'

export function findUser(db: Sql, id: UserId): Promise<User | null> {
  return selectUser(db, id)
}

/** By the name as a person types it. */
export async function findUserByUsername(db: Sql, typed: string): Promise<User | null> {
  const username = parseUsername(typed)
  return username === null ? null : selectUserByUsername(db, username)
}

export async function findUserByExternalId(db: Sql, externalId: string): Promise<User | null> {
  return isExternalId(externalId) ? selectUserByExternalId(db, externalId) : null
}
