import type { Sql, Statement } from '../../database/sql.ts'
import { type AppliedLimit, countsLogins, type Dimension } from '../../decisions/concurrency.ts'
import type { Candidate } from '../../decisions/make-room.ts'
import type { SessionId, UserId, WorkspaceId } from '../../ids.ts'
import { LIVE } from '../login/login-store.ts'
import type { CountedCandidate } from './coming.ts'

interface Row {
  readonly kind: Candidate['kind']
  readonly id: string
  readonly login_id: string | null
  readonly user_id: UserId | null
  readonly workspace_id: WorkspaceId | null
  readonly created_at: Date
  readonly last_seen_at: Date
  readonly priority: number | null
  readonly roles: readonly string[] | null
  readonly device_class: string | null
  readonly acr: string | null
}

const SESSION_COLUMNS = `'session' AS kind, c.session_id AS id, c.login_id, c.user_id, c.workspace_id,
  c.created_at, c.last_seen_at, s.priority, c.roles, s.device_class, c.acr`

const LIVE_SESSIONS = `SELECT ${SESSION_COLUMNS}
  FROM session_check c JOIN session s ON s.id = c.session_id
  WHERE c.ended_at IS NULL AND c.refusal IS NULL AND c.kind <> 'offline'`

// A login opens all workspaces of its person, and is worth what their best role is worth.
const LIVE_LOGINS = `SELECT 'login' AS kind, l.id, NULL::uuid AS login_id, l.user_id,
    NULL::uuid AS workspace_id, l.created_at, l.last_seen_at, NULL::int AS priority,
    (SELECT array_agg(DISTINCT r) FROM membership m, unnest(m.roles) r WHERE m.user_id = l.user_id)
      AS roles, l.device_class, l.acr
  FROM login l JOIN "user" u ON u.id = l.user_id WHERE ${LIVE}`

type Conditions = Readonly<Partial<Record<Dimension, (value: string) => string>>>

const SESSIONS_WITH: Readonly<Record<Dimension, (value: string) => string>> = {
  user: (value) => `c.user_id = ${value}::uuid`,
  workspace: (value) => `c.workspace_id = ${value}::uuid`,
  client: (value) => `c.session_id IN (SELECT session_id FROM participant
    WHERE client_id = ${value}::uuid UNION ALL SELECT id FROM session
    WHERE client_id = ${value}::uuid AND ended_at IS NULL)`,
  device_class: (value) => `s.device_class IS NOT DISTINCT FROM ${value}::text`,
  role: (value) => `${value}::text = ANY(c.roles)`,
  acr: (value) => `c.acr = ${value}::text`,
}

const LOGINS_WITH: Conditions = {
  user: (value) => `l.user_id = ${value}::uuid`,
  acr: (value) => `l.acr = ${value}::text`,
}

/** The same on the bare row, where it can tell; what has ended by itself is not told apart there. */
const ROWS_WITH: Conditions = {
  user: (value) => `s.user_id = ${value}::uuid`,
  workspace: (value) => `s.workspace_id = ${value}::uuid`,
  device_class: SESSIONS_WITH.device_class,
}

function conditionsOf({ within }: AppliedLimit, conditions: Conditions): string {
  return within
    .map((dimension, at) => conditions[dimension]?.(`$${at + 3}`))
    .filter((condition) => condition !== undefined)
    .map((condition) => `AND ${condition}`)
    .join(' ')
}

// Nobody is read where there are fewer than matter; where bare rows are fewer, nothing else is done.
function counting(limit: AppliedLimit): Statement {
  const sessions = `${LIVE_SESSIONS} AND c.session_id IS DISTINCT FROM $2::uuid
    ${conditionsOf(limit, SESSIONS_WITH)}`
  const name = limit.within.join('_')
  if (countsLogins(limit)) {
    const logins = `${LIVE_LOGINS} ${conditionsOf(limit, LOGINS_WITH)}`
    const counted = `${logins} UNION ALL ${sessions} AND c.login_id IS NULL`
    return { name: `limit_logins_${name}`, text: manyOf(counted) }
  }
  const rows = `SELECT FROM session s WHERE s.ended_at IS NULL AND s.kind <> 'offline'
    ${conditionsOf(limit, ROWS_WITH)} LIMIT $1::int`
  return { name: `limit_sessions_${name}`, text: manyOf(sessions, `${atLeast(rows)} AND `) }
}

// The cheaper question stands first, and is asked first.
function manyOf(counted: string, first = ''): string {
  return `WITH counted AS MATERIALIZED (${counted})
    SELECT * FROM counted WHERE ${first}${atLeast('SELECT FROM counted')}`
}

function atLeast(rows: string): string {
  return `(SELECT count(*) FROM (${rows}) AS many) >= $1::int`
}

export interface CandidateAsk {
  readonly limit: AppliedLimit
  /** One for each dimension of the limit. */
  readonly values: readonly (string | null)[]
  /** Below so many, none is told. */
  readonly atLeast: number
  /** That is not to be counted. */
  readonly except: SessionId | null
}

/** All that a limit counts, where they are so many. */
export async function selectCandidates(
  db: Sql,
  { limit, values, atLeast, except }: CandidateAsk,
): Promise<readonly CountedCandidate[]> {
  const rows = await db.query<Row>(counting(limit), [atLeast, except, ...values])
  return rows.map((row) => ({
    kind: row.kind,
    id: row.id,
    loginId: row.login_id,
    userId: row.user_id,
    workspaceId: row.workspace_id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    priority: row.priority,
    roles: row.roles ?? [],
    deviceClass: row.device_class,
    acr: row.acr,
  }))
}

// In the order in which they are given, which is the same for everybody.
const LOCK: Statement = {
  name: 'limits_lock',
  text: `SELECT pg_advisory_xact_lock(hashtextextended(name, 7265004))
    FROM unnest($1::text[]) WITH ORDINALITY AS names(name, place) ORDER BY place`,
}

/** Until this transaction ends, nobody else adds to what these names stand for. */
export async function lockCounts(tx: Sql, names: readonly string[]): Promise<void> {
  await tx.execute(LOCK, [[...new Set(names)].sort()])
}
