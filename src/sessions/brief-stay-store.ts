import type { GrantId } from '../ids.ts'
import type { BriefGrant, BriefSession, BriefStay } from './brief-stay.ts'
import type { CheckRow } from './session-store.ts'
import { SECTOR } from './stay-store.ts'

/** A row for each grant of a session; one row all the same where there is no grant, or no session. */
export type BriefRow = Unread & (NoSession | (SessionRow & (NoGrant | GrantRow)))

interface Unread {
  /** Which of the keys it belongs to, counted from one. */
  readonly place: number
}

interface NoSession {
  readonly session_id: null
}

type SessionRow = Pick<
  CheckRow,
  | 'session_id'
  | 'workspace_id'
  | 'workspace_slug'
  | 'roles'
  | 'user_id'
  | 'epoch_id'
  | 'secret_wrapped'
  | 'absolute_end_at'
  | 'auth_time'
  | 'acr'
  | 'amr'
  | 'refusal'
  | 'read_at'
> & { readonly revoked: readonly string[] | null }

interface NoGrant {
  readonly grant_id: null
}

interface GrantRow {
  readonly grant_id: GrantId
  readonly grant_client: string
  readonly sector: BriefGrant['sector']
  readonly epoch: number
  readonly scopes: BriefGrant['scopes']
}

/**
 * The columns of a brief stay. Rows side by side cost the database half of what it takes to fold a
 * session's grants into one value, and most sessions have one or two.
 */
export const BRIEF_COLUMNS = `
  k.place::int AS place, c.session_id, c.workspace_id, c.workspace_slug, c.roles, c.user_id,
  c.epoch_id, c.secret_wrapped, c.absolute_end_at, c.auth_time, c.acr, c.amr, c.refusal,
  statement_timestamp() AS read_at,
  (SELECT array_agg(r.jti) FROM revoked_token r
    WHERE r.session_id = c.session_id AND r.expires_at > statement_timestamp()) AS revoked,
  g.id AS grant_id, cl.client_id AS grant_client, ${SECTOR} AS sector, g.epoch, g.scopes`

/** What the columns are read from, for statements with a row `k` that has a session_id and a place. */
export const BRIEF_JOINS = `
  LEFT JOIN LATERAL (SELECT * FROM session_check WHERE session_id = k.session_id) c ON true
  LEFT JOIN ("grant" g JOIN client cl ON cl.id = g.client_id AND cl.disabled_at IS NULL)
    ON g.session_id = c.session_id AND g.ended_at IS NULL`

/** The first row of each place with the stay that it begins, in the order of the rows. */
export function foldStays<Row extends BriefRow>(rows: readonly Row[]): FoldedStay<Row>[] {
  const folded: FoldedStay<Row>[] = []
  let grants: BriefGrant[] = []
  for (const row of rows) {
    if (folded.at(-1)?.row.place !== row.place) {
      grants = []
      folded.push({ row, stay: row.session_id === null ? undefined : toStay(row, grants) })
    }
    if (row.session_id !== null && row.grant_id !== null) grants.push(toGrant(row))
  }
  return folded
}

export interface FoldedStay<Row> {
  readonly row: Row
  readonly stay: BriefStay | undefined
}

function toStay(row: SessionRow, grants: readonly BriefGrant[]): BriefStay {
  return { session: toSession(row), grants, revoked: row.revoked ?? [] }
}

function toSession(row: SessionRow): BriefSession {
  return {
    id: row.session_id,
    workspaceId: row.workspace_id,
    workspaceSlug: row.workspace_slug,
    roles: row.roles,
    userId: row.user_id,
    epochId: row.epoch_id,
    secretWrapped: row.secret_wrapped,
    absoluteEndAt: row.absolute_end_at,
    authTime: row.auth_time,
    acr: row.acr,
    amr: row.amr,
    refusal: row.refusal,
    readAt: row.read_at,
  }
}

function toGrant(row: GrantRow): BriefGrant {
  return {
    id: row.grant_id,
    clientName: row.grant_client,
    sector: row.sector,
    epoch: row.epoch,
    scopes: row.scopes,
  }
}
