import type { Wrapped } from '../crypto/root-key.ts'
import type { Sql } from '../database/sql.ts'

/** Whose and which month's context an audit key seals; no workspace for what happens outside all. */
export interface AuditPlace {
  readonly workspaceId: string | null
  /** `2026-01` */
  readonly month: string
}

export interface AuditKeyRow extends AuditPlace {
  readonly id: string
  readonly wrapped: Wrapped
  /** Whether the row will still be there when the asking transaction fails. */
  readonly isCommitted: boolean
}

interface Stored {
  readonly id: string
  readonly workspace_id: string | null
  readonly month: string
  readonly wrapped: Buffer | null
  readonly root_version: string
  readonly is_committed: boolean
}

const COLUMNS = `
  id, workspace_id, month, wrapped, root_version,
  xmin <> coalesce(pg_current_xact_id_if_assigned()::xid, '0'::xid) AS is_committed`

const FIND = {
  name: 'audit_key_find',
  text: `SELECT ${COLUMNS} FROM audit_key WHERE id = $1`,
}

/** The key of this id, unless it was destroyed. */
export async function findAuditKey(db: Sql, id: string): Promise<AuditKeyRow | null> {
  const [row] = await db.query<Stored>(FIND, [id])
  return toAuditKey(row)
}

const FIND_FOR = {
  name: 'audit_key_find_for',
  text: `
    SELECT ${COLUMNS} FROM audit_key
    WHERE coalesce(workspace_id, '00000000-0000-0000-0000-000000000000')
        = coalesce($1::uuid, '00000000-0000-0000-0000-000000000000') AND month = $2`,
}

export async function findAuditKeyFor(db: Sql, place: AuditPlace): Promise<AuditKeyRow | null> {
  const [row] = await db.query<Stored>(FIND_FOR, [place.workspaceId, place.month])
  return toAuditKey(row)
}

const INSERT = {
  name: 'audit_key_insert',
  text: `
    INSERT INTO audit_key (id, workspace_id, month, wrapped, root_version)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
}

/** Adds the key of a month, unless another transaction has done so. */
export async function insertAuditKey(
  db: Sql,
  { id, workspaceId, month, wrapped }: Omit<AuditKeyRow, 'isCommitted'>,
): Promise<void> {
  await db.execute(INSERT, [id, workspaceId, month, wrapped.bytes, wrapped.version])
}

const DESTROY = {
  name: 'audit_key_destroy',
  text: `
    UPDATE audit_key SET wrapped = NULL, destroyed_at = statement_timestamp()
    WHERE month < $1 AND wrapped IS NOT NULL`,
}

export function destroyAuditKeysBefore(db: Sql, month: string): Promise<number> {
  return db.execute(DESTROY, [month])
}

function toAuditKey(row: Stored | undefined): AuditKeyRow | null {
  if (!row?.wrapped) return null
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    month: row.month,
    wrapped: { version: row.root_version, bytes: row.wrapped },
    isCommitted: row.is_committed,
  }
}
