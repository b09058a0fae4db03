import { changeAndTell, type NewEntry } from '../../audit/append-entry.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import type { LoginId, UserId } from '../../ids.ts'
import { AAL1 } from './level.ts'
import type { Login } from './login.ts'

interface LoginRow {
  readonly id: LoginId
  readonly user_id: UserId
  readonly auth_time: Date
  readonly acr: string
  readonly amr: readonly string[]
  readonly created_at: Date
  readonly absolute_end_at: Date
  readonly is_fresh: boolean
  readonly by_prior_cookie?: boolean
}

const FRESH = `l.auth_time > statement_timestamp() - interval '10 minutes'`

const COLUMNS = `l.id, l.user_id, l.auth_time, l.acr, l.amr, l.created_at, l.absolute_end_at,
  ${FRESH} AS is_fresh`

/** The condition of a live login, for statements that join it as `l` and its person as `u`. */
export const LIVE = `l.ended_at IS NULL AND l.absolute_end_at > statement_timestamp()
  AND l.last_seen_at + make_interval(secs => l.idle_timeout) > statement_timestamp()
  AND u.state = 'active' AND (u.ended_before IS NULL OR u.ended_before < l.created_at)`

function toLogin(row: LoginRow): Login {
  return {
    id: row.id,
    userId: row.user_id,
    authTime: row.auth_time,
    acr: row.acr,
    amr: row.amr,
    createdAt: row.created_at,
    absoluteEndAt: row.absolute_end_at,
    byPriorCookie: row.by_prior_cookie ?? false,
    isFresh: row.is_fresh,
  }
}

export interface NewLogin {
  readonly id: LoginId
  readonly userId: UserId
  readonly acr: string
  readonly amr: readonly string[]
  readonly secretWrapped: Uint8Array
  readonly rootVersion: string
  readonly contextSealed: Buffer | null
  readonly deviceClass: string | null
  readonly idleTimeout: number
  readonly absoluteTimeout: number
  /** Of the password that was verified, where one was: it must still be the user's. */
  readonly passwordVersion: number | null
  /** Nothing of the person's may have been ended as a whole since then; null for now. */
  readonly provenAt: Date | null
}

// The person's row is locked against an end of all their logins, and a change of their password or
// factors: one that commits first refuses this login, one that comes later finds it. Where there is
// a second factor, one alone never makes a login, whoever calls.
const INSERT: Statement = {
  name: 'login_insert',
  text: `INSERT INTO login (id, user_id, auth_time, acr, amr, secret_wrapped, root_version,
      context_sealed, created_at, last_seen_at, idle_timeout, absolute_end_at, device_class)
    SELECT $1, u.id, t, $3, $4, $5, $6, $7, t, t, $8, t + make_interval(secs => $9), $11
    FROM (SELECT id FROM "user" WHERE id = $2 AND state = 'active'
        AND ($10::int IS NULL OR password_version = $10)
        AND ($12::timestamptz IS NULL OR ended_before IS NULL OR ended_before < $12)
        AND NOT (second_factor AND $3 = '${AAL1}') FOR SHARE) u,
      LATERAL (SELECT clock_timestamp() AS t WHERE u.id IS NOT NULL) c
    RETURNING auth_time`,
}

/** The moment of authentication as stored, or null when the person may not log in any more. */
export async function insertLogin(db: Sql, login: NewLogin, entry: NewEntry): Promise<Date | null> {
  const values = [
    login.id,
    login.userId,
    login.acr,
    login.amr,
    login.secretWrapped,
    login.rootVersion,
    login.contextSealed,
    login.idleTimeout,
    login.absoluteTimeout,
    login.passwordVersion,
    login.deviceClass,
    login.provenAt,
  ]
  const row = await changeAndTell<{ auth_time: Date }>(db, { statement: INSERT, values }, entry)
  return row?.auth_time ?? null
}

// A proof closes the cookies from before the newest, and the newest itself becomes none of them
// (`NEXT_PRIOR`): whoever knows an old one must not get what was proven since (ASVS 5.0 V7.2.4).
const HOLD_PERSON: Statement = {
  name: 'login_hold_person',
  text: 'SELECT FROM "user" WHERE id = $1 FOR SHARE',
}

/** Locks the person of a login that is about to begin, as its insertion will. */
export async function holdPerson(tx: Sql, id: UserId): Promise<void> {
  await tx.query(HOLD_PERSON, [id])
}

const REAUTHENTICATE: Statement = {
  name: 'login_reauthenticate',
  text: `UPDATE login l SET auth_time = clock_timestamp(), acr = $3, amr = $4,
      prior_cookie_hash = NULL, cookie_at = NULL, last_seen_at = clock_timestamp(),
      absolute_end_at = clock_timestamp() + make_interval(secs => $5)
    FROM "user" u WHERE l.id = $1 AND l.user_id = $2 AND u.id = l.user_id AND ${LIVE}
      AND NOT (u.second_factor AND $3 = '${AAL1}')
    RETURNING l.auth_time`,
}

/** A fresh proof in a live login counts its limits anew; null when the login has ended. */
export async function updateProof(
  db: Sql,
  login: {
    id: LoginId
    userId: UserId
    acr: string
    amr: readonly string[]
    absoluteTimeout: number
  },
): Promise<Date | null> {
  const [row] = await db.query<{ auth_time: Date }>(REAUTHENTICATE, [
    login.id,
    login.userId,
    login.acr,
    login.amr,
    login.absoluteTimeout,
  ])
  return row?.auth_time ?? null
}

/** Adds to a proof that is fresh; takes login, person, acr and amr. */
export const RAISE: Statement = {
  name: 'login_raise',
  text: `UPDATE login l SET acr = $3, amr = $4, prior_cookie_hash = NULL, cookie_at = NULL,
      last_seen_at = clock_timestamp()
    FROM "user" u
    WHERE l.id = $1 AND l.user_id = $2 AND u.id = l.user_id AND ${LIVE} AND ${FRESH}
    RETURNING l.auth_time`,
}

const LOCK_TO_CHANGE_FACTORS: Statement = {
  name: 'login_lock_to_change_factors',
  text: `SELECT ${COLUMNS} FROM login l JOIN "user" u ON u.id = l.user_id
    WHERE l.id = $1 AND ${LIVE} AND ${FRESH} FOR NO KEY UPDATE OF l, u`,
}

/** Holds a fresh login and its person against everybody who would end one or change the other. */
export async function lockToChangeFactors(tx: Sql, id: LoginId): Promise<Login | null> {
  const [row] = await tx.query<LoginRow>(LOCK_TO_CHANGE_FACTORS, [id])
  return row ? toLogin(row) : null
}

// A second tab may still hold the cookie from before the last change: honoured for 30 s.
const BY_COOKIE: Statement = {
  name: 'login_by_cookie',
  text: `SELECT ${COLUMNS}, l.cookie_hash IS DISTINCT FROM $1 AS by_prior_cookie
    FROM login l JOIN "user" u ON u.id = l.user_id
    WHERE (l.cookie_hash = $1 OR (l.prior_cookie_hash = $1
      AND l.cookie_at > statement_timestamp() - interval '30 seconds')) AND ${LIVE}`,
}

export async function findLoginByCookie(db: Sql, cookieHash: Buffer): Promise<Login | null> {
  const [row] = await db.query<LoginRow>(BY_COOKIE, [cookieHash])
  return row ? toLogin(row) : null
}

const BY_ID: Statement = {
  name: 'login_by_id',
  text: `SELECT ${COLUMNS} FROM login l JOIN "user" u ON u.id = l.user_id
    WHERE l.id = $1 AND ${LIVE}`,
}

export async function findLogin(db: Sql, id: LoginId): Promise<Login | null> {
  const [row] = await db.query<LoginRow>(BY_ID, [id])
  return row ? toLogin(row) : null
}

/** What becomes of the cookie that was the newest: nothing, if it is from before a proof. */
export const NEXT_PRIOR = 'CASE WHEN cookie_at IS NOT NULL THEN cookie_hash END'

// A prior cookie never becomes the newest again: who stole it would throw its owner out.
const SET_COOKIE: Statement = {
  name: 'login_set_cookie',
  text: `UPDATE login SET prior_cookie_hash = ${NEXT_PRIOR}, cookie_hash = $2,
      cookie_at = clock_timestamp(), last_seen_at = clock_timestamp()
    WHERE id = $1 AND ended_at IS NULL AND cookie_hash IS DISTINCT FROM $2
      AND prior_cookie_hash IS DISTINCT FROM $2`,
}

const IS_OPEN: Statement = {
  name: 'login_is_open',
  text: `SELECT 1 FROM login
    WHERE id = $1 AND ended_at IS NULL AND (cookie_hash = $2 OR prior_cookie_hash = $2)`,
}

/**
 * Gives a login its browser's newest cookie; false when the login has ended.
 *
 * The provider writes its whole session at the end of many requests; without this condition a
 * write that was on its way when the login ended would bring it back.
 */
export async function saveCookie(db: Sql, id: LoginId, cookieHash: Buffer): Promise<boolean> {
  if ((await db.execute(SET_COOKIE, [id, cookieHash])) === 1) return true
  return (await db.query(IS_OPEN, [id, cookieHash])).length === 1
}
