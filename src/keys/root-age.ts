import { type Actor, changeAndTell } from '../audit/append-entry.ts'
import type { RootKeys } from '../crypto/root-key.ts'
import type { Sql } from '../database/sql.ts'
import { findRootVersions, recordRootVersion } from './root-version-store.ts'

interface Deps {
  readonly db: Sql
  readonly rootKeys: RootKeys
}

/** How old the root version is that wraps now, in the database's time. */
export interface RootAge {
  readonly version: string
  readonly usedSince: Date
  /** Seconds. */
  readonly age: number
  /** When it should be replaced. */
  readonly dueAt: Date
  readonly isDue: boolean
}

/**
 * Writes down, and into the audit, that a root version is in use; only the first to see it does.
 *
 * A secret in the environment has no birthday of its own: without this nobody would know its age.
 */
export async function noteRootVersion({ db, rootKeys }: Deps, by: Actor): Promise<void> {
  const version = rootKeys.currentVersion
  await changeAndTell(db, recordRootVersion(version), {
    action: 'root_version.introduced',
    actor: by,
    subject: { kind: 'key', id: version },
  })
}

/** Whether the current root version is older than `rotation` seconds. */
export async function rootAge(deps: Deps, rotation: number): Promise<RootAge> {
  const version = deps.rootKeys.currentVersion
  const [known] = await findRootVersions(deps.db, [version])
  if (!known) {
    await noteRootVersion(deps, { kind: 'system' })
    return rootAge(deps, rotation)
  }
  const { usedSince, now } = known
  const dueAt = new Date(usedSince.getTime() + rotation * 1000)
  const age = Math.max(0, now.getTime() - usedSince.getTime()) / 1000
  return { version, usedSince, age, dueAt, isDue: dueAt <= now }
}
