import type { Sql, Statement } from '../../database/sql.ts'

// A client's registration token lasts as long as the client (RFC 7592 §3): without a lifetime, for ever.
const SAVE: Statement = {
  name: 'artifact_save',
  text: `INSERT INTO artifact (model, hash, payload_sealed, expires_at)
    VALUES ($1, $2, $3, COALESCE(statement_timestamp() + make_interval(secs => $4), 'infinity'))
    ON CONFLICT (model, hash) DO UPDATE SET payload_sealed = EXCLUDED.payload_sealed,
      expires_at = EXCLUDED.expires_at`,
}

export async function saveArtifact(
  db: Sql,
  artifact: {
    readonly kind: string
    readonly hash: Buffer
    readonly payloadSealed: Buffer
    readonly expiresIn: number | undefined
  },
): Promise<void> {
  await db.execute(SAVE, [artifact.kind, artifact.hash, artifact.payloadSealed, artifact.expiresIn])
}

const CHANGE: Statement = {
  name: 'artifact_change',
  text: `UPDATE artifact SET payload_sealed = $3
    WHERE model = $1 AND hash = $2 AND expires_at > statement_timestamp()`,
}

/** Changes one that is there, for as long as it has left; false where it is not any more. */
export async function changeArtifact(
  db: Sql,
  { kind, hash, payloadSealed }: ArtifactKey & Pick<StoredArtifact, 'payloadSealed'>,
): Promise<boolean> {
  return (await db.execute(CHANGE, [kind, hash, payloadSealed])) === 1
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
