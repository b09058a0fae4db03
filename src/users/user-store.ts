import { Prisma } from '../database/generated/client.ts'
import type { UserModel } from '../database/generated/models.ts'
import type { Sql, Statement } from '../database/sql.ts'
import type { Db } from '../database/transaction.ts'
import { newId, type UserId } from '../ids.ts'
import type { Address, Profile } from './profile.ts'
import type { User } from './user.ts'

/** What a login is checked against; it stays inside this folder. */
export interface Credentials {
  readonly user: User
  readonly passwordHash: string | null
  readonly passwordVersion: number
  readonly secondFactor: boolean
}

export interface UserValues {
  readonly username: string
  readonly externalId: string | null
  readonly passwordHash: string | null
  readonly profile: Profile
}

const COLUMNS = `
  id, username, external_id AS "externalId", name, given_name AS "givenName",
  family_name AS "familyName", email, email_verified AS "emailVerified",
  phone_number AS "phoneNumber", phone_verified AS "phoneVerified", address, locale,
  password_hash AS "passwordHash", password_version AS "passwordVersion",
  second_factor AS "secondFactor", state,
  created_at AS "createdAt", updated_at AS "updatedAt"`

type Row = Omit<UserModel, 'endedBefore' | 'offlineEndedBefore'>

const BY_ID = userBy('id')
const BY_USERNAME = userBy('username')
const BY_EXTERNAL_ID = userBy('external_id')

/** Null where the username or the external identifier is taken. */
export async function insertUser(db: Db, values: UserValues): Promise<User | null> {
  const { profile, ...account } = values
  const rows = await db.prisma.user.createManyAndReturn({
    data: {
      id: newId<'usr'>(),
      ...account,
      ...profile,
      address: profile.address === null ? Prisma.DbNull : { ...profile.address },
    },
    skipDuplicates: true,
  })
  return rows[0] ? toUser(rows[0]) : null
}

export function selectUser(db: Sql, id: UserId): Promise<User | null> {
  return userOf(db, BY_ID, id)
}

export function selectUserByUsername(db: Sql, username: string): Promise<User | null> {
  return userOf(db, BY_USERNAME, username)
}

export function selectUserByExternalId(db: Sql, externalId: string): Promise<User | null> {
  return userOf(db, BY_EXTERNAL_ID, externalId)
}

export async function selectCredentials(db: Sql, username: string): Promise<Credentials | null> {
  const [row] = await db.query<Row>(BY_USERNAME, [username])
  if (!row) return null
  const { passwordHash, passwordVersion, secondFactor } = row
  return { user: toUser(row), passwordHash, passwordVersion, secondFactor }
}

export async function updatePasswordHash(db: Db, id: UserId, hash: string): Promise<boolean> {
  const { count } = await db.prisma.user.updateMany({
    where: { id },
    data: { passwordHash: hash, passwordVersion: { increment: 1 } },
  })
  return count === 1
}

/** Only where the old hash still stands: a password changed meanwhile must not come back. */
export async function replacePasswordHash(
  db: Db,
  id: UserId,
  hashes: { readonly old: string; readonly fresh: string },
): Promise<void> {
  await db.prisma.user.updateMany({
    where: { id, passwordHash: hashes.old },
    data: { passwordHash: hashes.fresh },
  })
}

/** Whether there was a user in the other state. */
export async function updateState(db: Db, id: UserId, state: User['state']): Promise<boolean> {
  const { count } = await db.prisma.user.updateMany({
    where: { id, state: { not: state } },
    data: { state },
  })
  return count === 1
}

function userBy(column: string): Statement {
  return {
    name: `user_by_${column}`,
    text: `SELECT ${COLUMNS} FROM "user" WHERE ${column} = $1`,
  }
}

async function userOf(db: Sql, statement: Statement, value: string): Promise<User | null> {
  const [row] = await db.query<Row>(statement, [value])
  return row ? toUser(row) : null
}

function toUser(row: Row): User {
  return {
    id: row.id as UserId,
    username: row.username,
    externalId: row.externalId,
    state: row.state as User['state'],
    profile: {
      name: row.name,
      givenName: row.givenName,
      familyName: row.familyName,
      email: row.email,
      emailVerified: row.emailVerified,
      phoneNumber: row.phoneNumber,
      phoneVerified: row.phoneVerified,
      address: row.address as Address | null,
      locale: row.locale,
    },
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}
