import { coalesce } from '../../database/coalesce.ts'
import type { Sql } from '../../database/sql.ts'
import { type ArtifactKey, findArtifacts, type StoredArtifact } from './artifact-store.ts'

/** Reads for the requests that come at about the same time, in one statement. */
export function artifactReader(db: Sql): (key: ArtifactKey) => Promise<StoredArtifact | undefined> {
  const nameOf = ({ kind, hash }: ArtifactKey) => `${kind} ${hash.toString('base64')}`
  return coalesce(
    async (keys: readonly ArtifactKey[]) => {
      const found = await findArtifacts(db, keys)
      return new Map([...found].map(([at, artifact]) => [nameOf(keys[at]!), artifact]))
    },
    { keyOf: nameOf, maxBatch: 100, maxInFlight: 4 },
  )
}
