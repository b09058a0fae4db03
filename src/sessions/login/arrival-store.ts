import { changeAndTell } from '../../audit/append-entry.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import { newId } from '../../ids.ts'
import type { Arrival } from './arrival.ts'
import type { Beginning } from './enter-workspace.ts'
import { LIVE, NEXT_PRIOR } from './login-store.ts'

// Each statement first holds what it stands on, each lock behind the one before it, and then names
// the session in `held`, on which all that is written depends: all of it is, or nothing.

const valuesOf = ({ session, clientId, grant, code, cookie, interaction }: Arrival) => [
  session.id,
  clientId,
  grant.id,
  code.hash,
  code.payloadSealed,
  code.expiresIn,
  cookie?.loginId ?? null,
  cookie?.hash ?? null,
  interaction,
]

// A new cookie's login is locked as strongly as its change will, or two tabs would hold it and wait
// for each other. A prior cookie never becomes the newest again: who stole it would throw its owner
// out. From the code on the client takes part: it hears of the session's end.
const BESIDES = `
  cookie AS (
    UPDATE login l SET prior_cookie_hash = ${NEXT_PRIOR}, cookie_hash = $8,
      cookie_at = clock_timestamp(), last_seen_at = clock_timestamp()
    FROM held WHERE l.id = $7 AND l.cookie_hash IS DISTINCT FROM $8
      AND l.prior_cookie_hash IS DISTINCT FROM $8),
  taking_part AS (
    INSERT INTO participant (session_id, client_id) SELECT id, $2 FROM held ON CONFLICT DO NOTHING),
  answered AS (
    DELETE FROM artifact a USING held WHERE a.model = 'Interaction' AND a.hash = $9)`

const CODE = `
  INSERT INTO artifact (model, hash, session_id, grant_id, payload_sealed, expires_at)
  SELECT 'AuthorizationCode', $4, id, $3, $5, statement_timestamp() + make_interval(secs => $6)
  FROM held`

const DOOR = `
  door AS MATERIALIZED (SELECT id FROM login WHERE id = $7 AND ended_at IS NULL FOR UPDATE)`
const THROUGH_DOOR = '($8::bytea IS NULL OR EXISTS (SELECT FROM door))'

const SAVE_CODE: Statement = {
  name: 'code_insert',
  text: `WITH ${DOOR},
    held AS MATERIALIZED (
      SELECT id FROM session WHERE id = $1 AND ended_at IS NULL AND ${THROUGH_DOOR} FOR SHARE),
    ${BESIDES} ${CODE}`,
}

/** A code in a session and under a grant that stand. */
export async function saveCode(db: Sql, arrival: Arrival): Promise<boolean> {
  return (await db.execute(SAVE_CODE, valuesOf(arrival))) === 1
}

const consented = (place: string) => `
  consented AS MATERIALIZED (
    SELECT p.id FROM ${place} p
    JOIN consent k ON k.user_id = p.user_id AND k.workspace_id = p.workspace_id
      AND k.client_id = $2 AND k.withdrawn_at IS NULL
    JOIN client c ON c.id = k.client_id AND c.disabled_at IS NULL FOR SHARE OF k, c)`

// Two tabs that consent at once share one grant; the other's is not the one that the code names.
const SAVE_CODE_AND_GRANT: Statement = {
  name: 'code_insert_with_grant',
  text: `WITH ${DOOR},
    stay AS MATERIALIZED (
      SELECT id, user_id, workspace_id FROM session
      WHERE id = $1 AND ended_at IS NULL AND ${THROUGH_DOOR} FOR SHARE),
    ${consented('stay')},
    granted AS (
      INSERT INTO "grant" AS g (id, session_id, client_id, scopes, created_at)
      SELECT $10, id, $2, $11, clock_timestamp() FROM consented
      ON CONFLICT (session_id, client_id) WHERE ended_at IS NULL
        DO UPDATE SET scopes = EXCLUDED.scopes WHERE g.id = $3 AND g.epoch = $12
      RETURNING g.id, g.session_id),
    held AS MATERIALIZED (SELECT session_id AS id FROM granted WHERE id = $3),
    ${BESIDES} ${CODE}`,
}

/** The same under a grant that is new, or allows something else from now on. */
export async function saveCodeAndGrant(db: Sql, arrival: Arrival): Promise<boolean> {
  const { id, how, epoch, scopes } = arrival.grant
  // Should the live grant have ended a moment ago, its identifier would be in a new one's way.
  const fresh = how === 'begins' ? id : newId<'gra'>()
  const values = [...valuesOf(arrival), fresh, JSON.stringify(scopes), epoch]
  return (await db.execute(SAVE_CODE_AND_GRANT, values)) === 1
}

// The clock is read behind the locks: what begins is younger than any gate that was closed before.
const BEGIN: Statement = { name: 'session_begin', text: `${CODE} RETURNING session_id` }
const BEGIN_STEPS = `
  door AS MATERIALIZED (
    SELECT l.id, l.user_id, l.auth_time, l.absolute_end_at, m.workspace_id
    FROM login l
    JOIN "user" u ON u.id = l.user_id
    JOIN membership m ON m.user_id = l.user_id AND m.workspace_id = $12
    JOIN workspace w ON w.id = m.workspace_id AND w.state = 'active'
    WHERE l.id = $11 AND ${LIVE}
    FOR UPDATE OF l FOR SHARE OF u, m, w),
  wrapping AS MATERIALIZED (
    SELECT e.id FROM epoch_key e, door WHERE e.id = $13 AND e.destroyed_at IS NULL
    FOR KEY SHARE OF e),
  ${consented('door')},
  begun AS (
    INSERT INTO session (id, kind, workspace_id, user_id, login_id, epoch_id, secret_wrapped,
      context_sealed, created_at, last_seen_at, absolute_end_at, idle_timeout, address_hash,
      device_class)
    SELECT $1, 'login', d.workspace_id, d.user_id, d.id, e.id, $14, $15, t, t,
      LEAST(t + make_interval(secs => $16), d.auth_time + make_interval(secs => $17),
        d.absolute_end_at), $18, $19, $20
    FROM door d, wrapping e, consented, LATERAL (
      SELECT clock_timestamp() AS t WHERE d.id IS NOT NULL) c
    ON CONFLICT DO NOTHING RETURNING id, login_id, workspace_id),
  held AS MATERIALIZED (
    SELECT b.id FROM begun b, door d
    WHERE refuse_if_barred(b.login_id, b.workspace_id, d.auth_time)),
  granted AS (
    INSERT INTO "grant" (id, session_id, client_id, scopes, created_at)
    SELECT $3, id, $2, $10, clock_timestamp() FROM held),
  ${BESIDES}`

/** The same in a session that begins with it, unless another request has begun one meanwhile. */
export async function beginSession(
  db: Sql,
  arrival: Arrival & { readonly beginning: Beginning },
): Promise<boolean> {
  const { session, beginning, grant } = arrival
  const { limits, contextSealed, addressHash, deviceClass } = beginning
  const { id, loginId, userId, workspaceId } = session
  const values = [
    ...valuesOf(arrival),
    JSON.stringify(grant.scopes),
    loginId,
    workspaceId,
    session.epochId,
    session.secretWrapped,
    contextSealed,
    limits.maxDuration,
    limits.absoluteTimeout,
    limits.idleTimeout,
    addressHash,
    deviceClass,
  ]
  const written = await changeAndTell(
    db,
    { statement: BEGIN, values, steps: BEGIN_STEPS },
    {
      action: 'session.created',
      actor: { kind: 'user', ...(userId && { id: userId }) },
      subject: { kind: 'session', id },
      workspaceId,
    },
  )
  return written !== null
}

// Another tab of the same browser may have been let in meanwhile: it is not to make room for itself.
const HOLD_DOOR: Statement = {
  name: 'arrival_door',
  text: `SELECT l.id FROM login l
    JOIN "user" u ON u.id = l.user_id
    JOIN membership m ON m.user_id = l.user_id AND m.workspace_id = $2
    JOIN workspace w ON w.id = m.workspace_id AND w.state = 'active'
    WHERE l.id = $1 AND ${LIVE} AND ($3 OR NOT EXISTS (SELECT FROM session s
      WHERE s.login_id = l.id AND s.workspace_id = $2 AND s.kind = 'login' AND s.ended_at IS NULL))
    FOR UPDATE OF l FOR SHARE OF u, m, w`,
}

/** Holds what a session stands on; false where that is gone or, unless there is one already, where one has begun. */
export async function heldDoor(
  tx: Sql,
  { session, beginning }: Pick<Arrival, 'session' | 'beginning'>,
): Promise<boolean> {
  const values = [session.loginId, session.workspaceId, beginning === null]
  return (await tx.query(HOLD_DOOR, values)).length === 1
}
