import type { Change } from '../audit/append-entry.ts'
import type { Sql } from '../database/sql.ts'

const RECORD = {
  name: 'root_version_record',
  text: `INSERT INTO root_version (version) VALUES ($1) ON CONFLICT (version) DO NOTHING
    RETURNING version`,
}

/** Remembers since when a root version wraps keys here; whoever says so again writes nothing. */
export function recordRootVersion(version: string): Change {
  return { statement: RECORD, values: [version] }
}

/** A root version that wrapped keys here, and the database's time. */
export interface UsedRootVersion {
  readonly version: string
  readonly usedSince: Date
  readonly now: Date
}

const FIND = {
  name: 'root_version_find',
  text: `SELECT version, used_since AS "usedSince", statement_timestamp() AS now
    FROM root_version WHERE version = ANY($1)`,
}

/** Those of the versions of which anybody has recorded since when they are used. */
export function findRootVersions(
  db: Sql,
  versions: readonly string[],
): Promise<readonly UsedRootVersion[]> {
  return db.query<UsedRootVersion>(FIND, [versions])
}
