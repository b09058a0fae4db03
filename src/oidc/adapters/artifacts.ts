import { coalesce } from '../../database/coalesce.ts'
import type { Sql } from '../../database/sql.ts'
import {
  type ArtifactKey,
  changeArtifacts,
  findArtifacts,
  type NewArtifact,
  type StoredArtifact,
  saveArtifacts,
} from './artifact-store.ts'

/** Reads and writes for the requests that come at about the same time, in one statement each. */
export interface Artifacts {
  find(key: ArtifactKey): Promise<StoredArtifact | undefined>
  save(artifact: NewArtifact): Promise<unknown>
  /** Undefined where there is none any more. */
  change(artifact: Omit<NewArtifact, 'expiresIn'>): Promise<true | undefined>
}

const AT_ONCE = { maxBatch: 100, maxInFlight: 4 }

export function sharedArtifacts(db: Sql): Artifacts {
  const keyOf = ({ kind, hash }: ArtifactKey) => `${kind} ${hash.toString('base64')}`
  return {
    find: coalesce(
      async (keys: readonly ArtifactKey[]) => {
        const found = await findArtifacts(db, keys)
        return new Map([...found].map(([at, artifact]) => [keyOf(keys[at]!), artifact]))
      },
      { keyOf, ...AT_ONCE },
    ),
    save: coalesce(
      async (artifacts: readonly NewArtifact[]) => {
        await saveArtifacts(db, artifacts)
        return new Map<string, true>()
      },
      { keyOf, ...AT_ONCE },
    ),
    change: coalesce(
      async (artifacts: readonly Omit<NewArtifact, 'expiresIn'>[]) => {
        const changed = await changeArtifacts(db, artifacts)
        return new Map(changed.map((at) => [keyOf(artifacts[at]!), true as const]))
      },
      { keyOf, ...AT_ONCE },
    ),
  }
}
