import type { Actor } from '../audit/append-entry.ts'
import type { RootKeys } from '../crypto/root-key.ts'
import type { Db } from '../database/transaction.ts'
import { isRewrapDue, type RewrapOptions, type Rewrapped, rewrapAll } from './rewrap-keys.ts'
import { noteRootVersion } from './root-age.ts'
import { addRootVersion } from './root-key-file.ts'

interface Deps {
  readonly db: Db
  readonly rootKeys: RootKeys
}

export interface RootRotation extends RewrapOptions {
  /** The file that takes the new version; null where an operator has to configure it. */
  readonly file: string | null
  readonly by: Actor
}

export interface RotatedRoot extends Rewrapped {
  readonly version: string
  /** Whether this call made the version; otherwise it went on with a rotation that was under way. */
  readonly added: boolean
}

/** Under this name one process at a time rotates, be it a command or a server. */
export const ROOT_ROTATION = 'keys.rotate-root'

/**
 * Makes a new root version and wraps every key under it while servers run; what an interrupted
 * rotation left is finished first, under the version that it made. Null where neither can be done.
 */
export async function rotateRoot(deps: Deps, rotation: RootRotation): Promise<RotatedRoot | null> {
  await deps.rootKeys.refresh()
  const added = !(await isRewrapDue(deps))
  if (added) {
    if (rotation.file === null) return null
    await addRootVersion(rotation.file)
    await deps.rootKeys.refresh()
  }
  await noteRootVersion(deps, rotation.by)
  const rewrapped = await rewrapAll(deps, rotation)
  return { version: deps.rootKeys.currentVersion, added, ...rewrapped }
}
