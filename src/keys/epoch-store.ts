import type { Wrapped } from '../crypto/root-key.ts'
import type { Sql } from '../database/sql.ts'

/** An epoch that may wrap new sessions; `isDue` says that it is older than a rotation. */
export interface EpochRow {
  readonly id: string
  readonly workspaceId: string
  readonly wrapped: Wrapped
  readonly isDue: boolean
}

interface Stored {
  readonly id: string
  readonly workspace_id: string
  readonly wrapped: Buffer | null
  readonly root_version: string
  readonly is_due: boolean
}

// FOR KEY SHARE lets a rotation pass, but not a destruction: whoever wraps a session under this
// epoch and commits has its row seen by the destroyer, who waits for this lock.
const LOCK_CURRENT = {
  name: 'epoch_lock_current',
  text: `
    SELECT id, workspace_id, wrapped, root_version,
           created_at + make_interval(secs => $2) <= statement_timestamp() AS is_due
    FROM epoch_key WHERE workspace_id = $1 AND retired_at IS NULL
    FOR KEY SHARE`,
}

export async function lockCurrentEpoch(
  tx: Sql,
  workspaceId: string,
  rotation: number,
): Promise<EpochRow | null> {
  const [row] = await tx.query<Stored>(LOCK_CURRENT, [workspaceId, rotation])
  return row ? toEpoch(row) : null
}

const FIND = {
  name: 'epoch_find',
  text: `
    SELECT id, workspace_id, wrapped, root_version, false AS is_due FROM epoch_key WHERE id = $1`,
}

/** An epoch whose key was not destroyed. */
export async function findEpoch(db: Sql, id: string): Promise<EpochRow | null> {
  const [row] = await db.query<Stored>(FIND, [id])
  return row?.wrapped ? toEpoch(row) : null
}

// SKIP LOCKED: whoever finds that another one is rotating goes on with the old epoch at once.
const RETIRE = {
  name: 'epoch_retire',
  text: `
    UPDATE epoch_key SET retired_at = statement_timestamp() WHERE id = (
      SELECT id FROM epoch_key WHERE id = $1 AND retired_at IS NULL
      FOR NO KEY UPDATE SKIP LOCKED)`,
}

export async function retireEpoch(tx: Sql, id: string): Promise<boolean> {
  return (await tx.execute(RETIRE, [id])) === 1
}

const RETIRE_DUE = {
  name: 'epoch_retire_due',
  text: `
    UPDATE epoch_key SET retired_at = statement_timestamp() WHERE id IN (
      SELECT id FROM epoch_key
      WHERE retired_at IS NULL AND created_at + make_interval(secs => $1) <= statement_timestamp()
      LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)`,
}

export function retireDueEpochs(db: Sql, rotation: number, limit: number): Promise<number> {
  return db.execute(RETIRE_DUE, [rotation, limit])
}

const INSERT = {
  name: 'epoch_insert',
  text: `
    INSERT INTO epoch_key (id, workspace_id, number, wrapped, root_version)
    SELECT $1::uuid, $2::uuid, coalesce(max(number), 0) + 1, $3::bytea, $4::text
    FROM epoch_key WHERE workspace_id = $2
    ON CONFLICT DO NOTHING`,
}

/** Adds the workspace's next epoch, unless another transaction has done so. */
export async function insertEpoch(
  tx: Sql,
  epoch: { readonly id: string; readonly workspaceId: string; readonly wrapped: Wrapped },
): Promise<void> {
  const { version, bytes } = epoch.wrapped
  await tx.execute(INSERT, [epoch.id, epoch.workspaceId, bytes, version])
}

const UNUSED = `
  NOT EXISTS (SELECT FROM session s WHERE s.epoch_id = e.id AND s.secret_wrapped IS NOT NULL)`

const LOCK_UNUSED = {
  name: 'epoch_lock_unused',
  text: `
    SELECT id FROM epoch_key e
    WHERE retired_at IS NOT NULL AND destroyed_at IS NULL AND ${UNUSED}
    LIMIT $1 FOR UPDATE SKIP LOCKED`,
}

export async function lockUnusedEpochs(tx: Sql, limit: number): Promise<readonly string[]> {
  const rows = await tx.query<{ readonly id: string }>(LOCK_UNUSED, [limit])
  return rows.map(({ id }) => id)
}

const DESTROY = {
  name: 'epoch_destroy',
  text: `
    UPDATE epoch_key e SET wrapped = NULL, destroyed_at = statement_timestamp()
    WHERE id = ANY($1) AND ${UNUSED} RETURNING id`,
}

/** Destroys those of the locked epochs that a session committed meanwhile does not need. */
export async function destroyEpochs(tx: Sql, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await tx.query<{ readonly id: string }>(DESTROY, [ids])
  return rows.map(({ id }) => id)
}

function toEpoch({ id, workspace_id, wrapped, root_version, is_due }: Stored): EpochRow {
  if (!wrapped) throw new Error(`epoch ${id} is current and destroyed at once`)
  return {
    id,
    workspaceId: workspace_id,
    wrapped: { version: root_version, bytes: wrapped },
    isDue: is_due,
  }
}
