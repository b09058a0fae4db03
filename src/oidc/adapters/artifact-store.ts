import type { Sql, Statement } from '../../database/sql.ts'

export interface NewArtifact extends ArtifactKey {
  readonly payloadSealed: Buffer
  /** Seconds. */
  readonly expiresIn: number | undefined
}

// A client's registration token lasts as long as the client (RFC 7592 §3): without a lifetime, for ever.
// In one order, as in all that writes many: two that share rows would wait for each other.
const SAVE: Statement = {
  name: 'artifacts_save',
  text: `INSERT INTO artifact (model, hash, payload_sealed, expires_at)
    SELECT model, hash, payload_sealed,
      COALESCE(statement_timestamp() + make_interval(secs => lifetime), 'infinity')
    FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::float8[])
      AS k(model, hash, payload_sealed, lifetime)
    ORDER BY model, hash
    ON CONFLICT (model, hash) DO UPDATE SET payload_sealed = EXCLUDED.payload_sealed,
      expires_at = EXCLUDED.expires_at`,
}

/** Writes several, each of another key. */
export async function saveArtifacts(db: Sql, artifacts: readonly NewArtifact[]): Promise<void> {
  const lifetimes = artifacts.map(({ expiresIn }) => expiresIn ?? null)
  await db.execute(SAVE, [...valuesOf(artifacts), lifetimes])
}

const CHANGE: Statement = {
  name: 'artifacts_change',
  text: `WITH held AS MATERIALIZED (
      SELECT a.model, a.hash, k.payload_sealed, k.place
      FROM unnest($1::text[], $2::bytea[], $3::bytea[]) WITH ORDINALITY
        AS k(model, hash, payload_sealed, place)
      JOIN artifact a ON a.model = k.model AND a.hash = k.hash
        AND a.expires_at > statement_timestamp()
      ORDER BY a.model, a.hash FOR NO KEY UPDATE OF a)
    UPDATE artifact a SET payload_sealed = held.payload_sealed FROM held
    WHERE a.model = held.model AND a.hash = held.hash RETURNING held.place::int`,
}

/** Changes those that are there, for as long as they have left; their places come back. */
export async function changeArtifacts(
  db: Sql,
  artifacts: readonly Omit<NewArtifact, 'expiresIn'>[],
): Promise<readonly number[]> {
  const rows = await db.query<{ place: number }>(CHANGE, valuesOf(artifacts))
  return rows.map(({ place }) => place - 1)
}

function valuesOf(artifacts: readonly Omit<NewArtifact, 'expiresIn'>[]) {
  return [
    artifacts.map(({ kind }) => kind),
    artifacts.map(({ hash }) => hash),
    artifacts.map(({ payloadSealed }) => payloadSealed),
  ]
}

export interface ArtifactKey {
  readonly kind: string
  readonly hash: Buffer
}

export interface StoredArtifact {
  readonly payloadSealed: Buffer
  readonly consumedAt: Date | null
}

const FIND: Statement = {
  name: 'artifacts_find',
  text: `SELECT k.place::int, a.payload_sealed, a.consumed_at
    FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS k(model, hash, place)
    JOIN artifact a ON a.model = k.model AND a.hash = k.hash
    WHERE a.expires_at > statement_timestamp()`,
}

/** Those that are there, by the place of their key. */
export async function findArtifacts(
  db: Sql,
  keys: readonly ArtifactKey[],
): Promise<ReadonlyMap<number, StoredArtifact>> {
  const rows = await db.query<{ place: number; payload_sealed: Buffer; consumed_at: Date | null }>(
    FIND,
    [keys.map(({ kind }) => kind), keys.map(({ hash }) => hash)],
  )
  return new Map(
    rows.map(({ place, payload_sealed, consumed_at }) => [
      place - 1,
      { payloadSealed: payload_sealed, consumedAt: consumed_at },
    ]),
  )
}

const CONSUME: Statement = {
  name: 'artifact_consume',
  text: `UPDATE artifact SET consumed_at = clock_timestamp()
    WHERE model = $1 AND hash = $2 AND consumed_at IS NULL`,
}

export async function consumedArtifact(db: Sql, kind: string, hash: Buffer): Promise<boolean> {
  return (await db.execute(CONSUME, [kind, hash])) === 1
}

const DELETE: Statement = {
  name: 'artifact_delete',
  text: 'DELETE FROM artifact WHERE model = $1 AND hash = $2',
}

export async function deleteArtifact(db: Sql, kind: string, hash: Buffer): Promise<void> {
  await db.execute(DELETE, [kind, hash])
}

// Of all that show the same proof at once, exactly one inserts it.
const UNIQUE: Statement = {
  name: 'replay_insert',
  text: `INSERT INTO replay (hash, expires_at) VALUES ($1, statement_timestamp() + make_interval(secs => $2))
    ON CONFLICT (hash) DO NOTHING`,
}

export async function insertProof(db: Sql, hash: Buffer, expiresIn: number): Promise<boolean> {
  return (await db.execute(UNIQUE, [hash, expiresIn])) === 1
}
