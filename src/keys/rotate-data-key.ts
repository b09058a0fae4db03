import { type Actor, changeAndTell } from '../audit/append-entry.ts'
import type { RootKeys } from '../crypto/root-key.ts'
import type { Sql } from '../database/sql.ts'
import { freshServerKey } from './data-keys.ts'
import {
  announceServerKey,
  countSealed,
  destroyServerKey,
  findServerKeys,
  type LoadedServerKey,
} from './server-key-store.ts'

interface Deps {
  readonly db: Sql
  readonly rootKeys: RootKeys
}

/** Seconds between two looks of a node at the server's keys. */
export const DATA_KEY_LOOK = 5
/** Seconds from announcement to first use: several looks may fail before a node misses it. */
const LEAD = 60
/** Milliseconds for which a version still may seal after its successor began: of a node that lags. */
const LAG = 3_600_000

export interface DataKeyStatus {
  readonly version: number
  readonly state: 'announced' | 'active' | 'old'
  readonly activeAt: Date
  /** How many values it has sealed that are still there. */
  readonly sealed: number
}

interface Announced {
  readonly version: number
  readonly activeAt: Date
}

/**
 * Announces a new version of the server's data key, which seals once every node can open with it;
 * null while the last one is still announced. Older versions stay while anything needs them.
 */
export async function rotateDataKey({ db, rootKeys }: Deps, by: Actor): Promise<Announced | null> {
  const newest = (await dataKeys(db)).at(-1)
  if (!newest || newest.activeIn > 0) return null
  const fresh = await freshServerKey(rootKeys, 'data', newest.version + 1)
  return changeAndTell<Announced>(db, announceServerKey(fresh, LEAD), {
    action: 'data_key.announced',
    actor: by,
    subject: { kind: 'key', id: fresh.id },
    detail: { version: fresh.version },
  })
}

/** Destroys old versions that nothing needs any more; resolves to them. */
export async function destroyUnusedDataKeys(db: Sql): Promise<readonly number[]> {
  const replaced = replacedLongAgo(await dataKeys(db))
  if (replaced.length === 0) return []
  const sealed = await countSealed(db)
  const destroyed: number[] = []
  for (const { id, version } of replaced) {
    if (sealed.has(version)) continue
    const gone = await changeAndTell(db, destroyServerKey(id), {
      action: 'data_key.destroyed',
      actor: { kind: 'system' },
      subject: { kind: 'key', id },
      detail: { version },
    })
    if (gone) destroyed.push(version)
  }
  return destroyed
}

export async function dataKeyStatus(db: Sql): Promise<readonly DataKeyStatus[]> {
  const keys = await dataKeys(db)
  const sealed = await countSealed(db)
  const active = keys.findLast(({ activeIn }) => activeIn <= 0)
  return keys.map(({ version, activeAt, activeIn }) => ({
    version,
    state: activeIn > 0 ? 'announced' : version === active?.version ? 'active' : 'old',
    activeAt,
    sealed: sealed.get(version) ?? 0,
  }))
}

function replacedLongAgo(keys: readonly LoadedServerKey[]): readonly LoadedServerKey[] {
  return keys.filter((_, at) => {
    const successor = keys[at + 1]
    return successor !== undefined && successor.activeIn < -LAG
  })
}

async function dataKeys(db: Sql): Promise<readonly LoadedServerKey[]> {
  return (await findServerKeys(db)).filter(({ purpose }) => purpose === 'data')
}
