import { statSync } from 'node:fs'
import { localRootKeys, type RootKeys } from '../crypto/root-key.ts'
import { readOrCreateRootKeyFile, readRootKeyFile } from './root-key-file.ts'

/**
 * Root keys of a file, which follow it when an operator rotates.
 *
 * A node that kept the versions of its start would go on wrapping under a version about to be
 * dropped, and could not read what another node has wrapped anew.
 */
export async function fileRootKeys(path: string): Promise<RootKeys> {
  let keys = localRootKeys(await readOrCreateRootKeyFile(path))
  let seen = ''

  async function follow(): Promise<RootKeys> {
    const stamp = stampOf(path)
    if (stamp !== seen) {
      keys = localRootKeys(await readRootKeyFile(path))
      seen = stamp
    }
    return keys
  }

  return {
    get currentVersion() {
      return keys.currentVersion
    },
    has: (version) => keys.has(version),
    versions: () => keys.versions(),
    refresh: async () => void (await follow()),
    wrap: async (plain, aad) => (await follow()).wrap(plain, aad),
    unwrap: async (wrapped, aad) =>
      (keys.has(wrapped.version) ? keys : await follow()).unwrap(wrapped, aad),
  }
}

// A change is always a new file under the old name, so its inode and times differ. Asked in place: in
// the thread pool each login would wait behind the passwords that are hashed there.
function stampOf(path: string): string {
  const { ino, mtimeNs } = statSync(path, { bigint: true })
  return `${ino}:${mtimeNs}`
}
