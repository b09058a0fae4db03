import { deriveKey } from '../crypto/derive.ts'
import type { RootKeys } from '../crypto/root-key.ts'
import { wipe } from '../crypto/secret.ts'
import type { Sql } from '../database/sql.ts'
import { DomainError } from '../errors.ts'
import { type EpochRow, findEpoch } from './epoch-store.ts'
import { currentEpoch } from './epochs.ts'
import type { SecretCache } from './secret-cache.ts'
import { wrappedAt } from './wrapped-columns.ts'

interface Deps {
  readonly rootKeys: RootKeys
  readonly incarnation: string
  readonly epochRotation: number
}

export interface EpochKey {
  readonly id: string
  readonly key: Buffer
}

/** The keys that wrap session secrets: one derived from each epoch's own secret. */
export interface EpochKeys {
  find(epochId: string, from: Sql): Buffer | Promise<Buffer>
  /** Locks the epoch until `tx` is over, so that it cannot be destroyed meanwhile. */
  current(tx: Sql, workspaceId: string): Promise<EpochKey>
}

export function createEpochKeys(deps: Deps, cache: SecretCache): EpochKeys {
  const unwrapping = new Map<string, Promise<Buffer>>()

  // Sessions arrive in crowds after a start: one call to the KMS serves all that wait for an epoch.
  function unwrapOnce(epoch: EpochRow): Promise<Buffer> {
    const running = unwrapping.get(epoch.id)
    if (running) return running
    const started = unwrap(deps, epoch)
      .then((key) => cache.put(markOf(epoch.id), key).secret)
      .finally(() => unwrapping.delete(epoch.id))
    unwrapping.set(epoch.id, started)
    return started
  }

  async function load(epochId: string, from: Sql): Promise<Buffer> {
    const epoch = await findEpoch(from, epochId)
    if (!epoch) throw new DomainError('key_destroyed', 'the epoch of this key was destroyed')
    return cache.get(markOf(epochId))?.secret ?? unwrapOnce(epoch)
  }

  return {
    find: (epochId, from) => cache.get(markOf(epochId))?.secret ?? load(epochId, from),
    async current(tx, workspaceId) {
      const epoch = await currentEpoch(deps, tx, workspaceId)
      const key = cache.get(markOf(epoch.id))?.secret ?? (await unwrapOnce(epoch))
      return { id: epoch.id, key }
    },
  }
}

async function unwrap({ rootKeys, incarnation }: Deps, epoch: EpochRow): Promise<Buffer> {
  const { id, workspaceId, wrapped } = epoch
  const secret = await rootKeys.unwrap(wrapped, wrappedAt('epoch_key', id, workspaceId))
  const key = deriveKey(secret, { salt: id, incarnation, purpose: 'epoch' })
  wipe(secret)
  return key
}

const UNMARKED = new Uint8Array(0)

// An epoch key is never used by itself, only to open a session row that still names it.
function markOf(id: string) {
  return { id, owner: '', wrapped: UNMARKED }
}
