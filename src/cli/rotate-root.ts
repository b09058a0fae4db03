import { DomainError } from '../errors.ts'
import { keyStatus, type RootVersionStatus } from '../keys/key-status.ts'
import { rewrapAll } from '../keys/rewrap-keys.ts'
import { addRootVersion } from '../keys/root-key-file.ts'
import type { Core } from '../services/core.ts'
import type { Answer } from './answer.ts'
import type { CommonOptions } from './command.ts'
import type { Terminal } from './terminal.ts'
import { withCore } from './with-core.ts'

/**
 * Makes a new root version and wraps every key under it while servers run; what an interrupted
 * rotation left is finished first, under the version that it made.
 */
export function rotateRoot(terminal: Terminal, options: CommonOptions): Promise<Answer> {
  return withCore(terminal, options, async (core) => {
    const added = await addVersion(core)
    // A read by way of the file, so that the new version is known here as well.
    if (added) await core.rootKeys.wrap(Buffer.alloc(32), ['rotation'])
    const { rewrapped, unreadable } = await rewrapAll(core)
    const version = core.rootKeys.currentVersion
    const lines = [
      added ? `new root version ${version}` : `finishing the rotation to ${version}`,
      `${rewrapped} keys wrapped under it`,
      ...unreadable.map(
        (lost) => `${lost.keys} of ${lost.table} need ${lost.version}, which is missing`,
      ),
    ]
    const data = { version, added: added !== null, rewrapped, unreadable }
    return { data, text: lines.join('\n') }
  })
}

/** Null where a rotation is under way: its version is there, and keys still wait for it. */
async function addVersion({ config, db, rootKeys }: Core): Promise<string | null> {
  const { rootVersions } = await keyStatus(db, rootKeys)
  if (rootVersions.some((root) => root.isHeld && !root.isCurrent && wraps(root))) return null
  if (config.rootKey.source === 'secret') {
    throw new DomainError(
      'conflict',
      'nothing to do: set a new secret_key and the present one as secret_key_previous first',
    )
  }
  return addRootVersion(config.rootKey.file)
}

export function wraps({ keys }: RootVersionStatus): boolean {
  return Object.values(keys).some((count) => count > 0)
}
