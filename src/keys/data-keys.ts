import { type KeyObject, randomUUID } from 'node:crypto'
import { ANY_INCARNATION, deriveKey, type ServerPurpose } from '../crypto/derive.ts'
import { handleOf } from '../crypto/handle.ts'
import { mac } from '../crypto/mac.ts'
import type { RootKeys } from '../crypto/root-key.ts'
import { makeSecret, wipe } from '../crypto/secret.ts'
import type { Db } from '../database/transaction.ts'
import { createSealer, type Sealer } from './sealer.ts'
import {
  createSealingVersions,
  type SealingVersions,
  type VersionedSecret,
} from './sealing-versions.ts'
import {
  findServerKeys,
  insertServerKey,
  type LoadedServerKey,
  type ServerKeyPurpose,
  type ServerKeyRow,
} from './server-key-store.ts'
import { wrappedAt } from './wrapped-columns.ts'

/** The server's own keys: what they make outlives sessions. */
export interface ServerKeys {
  /** For codes, requests, interactions: nothing sealed before a restore opens after it. */
  readonly data: Sealer
  /** For what a restore must bring back: signing keys, second factors. */
  readonly durable: Sealer
  /** What stands in the database for a bearer identifier; of no use after a restore. */
  lookupHash(kind: string, value: string): Buffer
  /** The same for what outlives a restore: client secrets, registered identifiers. */
  durableHash(kind: string, value: string): Buffer
  /** A key for one use of the server; dies with a restore. */
  key(purpose: ServerPurpose, ...context: readonly string[]): Buffer
  /** Follows what another process has done to the data key. */
  refresh(): Promise<void>
}

interface Deps {
  readonly db: Db
  readonly rootKeys: RootKeys
  readonly incarnation: string
}

const PURPOSES: readonly ServerKeyPurpose[] = ['data', 'lookup']

/** Loads the server's keys, making them at the first start; many first starts make one set. */
export async function loadServerKeys(deps: Deps): Promise<ServerKeys> {
  const found = await findServerKeys(deps.db)
  const missing = PURPOSES.filter((wanted) => !found.some(({ purpose }) => purpose === wanted))
  for (const purpose of missing) await makeServerKey(deps, purpose)

  const rows = missing.length === 0 ? found : await findServerKeys(deps.db)
  // The first: a hash has no room for a version, so a second lookup key could find nothing old.
  const lookup = rows.find(({ purpose }) => purpose === 'lookup')!
  const data = createSealingVersions(await unwrapAll(deps.rootKeys, ofData(rows)))
  const keys = serverKeys(data, await unwrap(deps.rootKeys, lookup), deps.incarnation)
  return { ...keys, refresh: () => follow(deps, data) }
}

/** A new version wrapped for its place in the database, where it is yet to be put. */
export async function freshServerKey(
  rootKeys: RootKeys,
  purpose: ServerKeyPurpose,
  version: number,
): Promise<ServerKeyRow> {
  const id = randomUUID()
  const secret = makeSecret()
  const wrapped = await rootKeys.wrap(secret, placeOf({ id, purpose, version }))
  wipe(secret)
  return { id, purpose, version, wrapped }
}

async function makeServerKey({ db, rootKeys }: Deps, purpose: ServerKeyPurpose): Promise<void> {
  await insertServerKey(db, await freshServerKey(rootKeys, purpose, 1))
}

/** Learns of versions that were announced or destroyed since; what is known is not unwrapped again. */
async function follow({ db, rootKeys }: Deps, data: SealingVersions): Promise<void> {
  data.replace(await unwrapAll(rootKeys, ofData(await findServerKeys(db)), data))
}

function unwrapAll(
  rootKeys: RootKeys,
  rows: readonly LoadedServerKey[],
  known?: SealingVersions,
): Promise<VersionedSecret[]> {
  return Promise.all(
    rows.map(async (row) => {
      const secret = known?.secretOf(row.version) ?? (await unwrap(rootKeys, row))
      return { version: row.version, secret, activeIn: row.activeIn }
    }),
  )
}

function unwrap(rootKeys: RootKeys, row: ServerKeyRow): Promise<Buffer> {
  return rootKeys.unwrap(row.wrapped, placeOf(row))
}

function ofData(rows: readonly LoadedServerKey[]): readonly LoadedServerKey[] {
  return rows.filter(({ purpose }) => purpose === 'data')
}

function placeOf({ id, purpose, version }: Omit<ServerKeyRow, 'wrapped'>): readonly string[] {
  return wrappedAt('server_key', id, `${purpose}:${version}`)
}

function serverKeys(
  data: SealingVersions,
  lookupSecret: Buffer,
  incarnation: string,
): Omit<ServerKeys, 'refresh'> {
  const current = derivedKeys(lookupSecret, incarnation)
  const lasting = derivedKeys(lookupSecret, ANY_INCARNATION)

  return {
    data: createSealer(data, incarnation),
    durable: createSealer(data, ANY_INCARNATION),
    lookupHash: (kind, value) => hash(current('lookup', [kind]), value),
    durableHash: (kind, value) => hash(lasting('lookup', [kind]), value),
    key: (purpose, ...context) => current(purpose, context),
  }
}

const CACHED_KEYS = 200

function derivedKeys(secret: Buffer, incarnation: string) {
  const keys = new Map<string, Buffer>()
  return (purpose: ServerPurpose, context: readonly string[]): Buffer => {
    const name = JSON.stringify([purpose, ...context])
    const known = keys.get(name)
    if (known) return known
    const key = deriveKey(secret, { salt: 'server', incarnation, purpose, context })
    if (keys.size >= CACHED_KEYS) keys.clear()
    keys.set(name, key)
    return key
  }
}

const handles = new WeakMap<Buffer, KeyObject>()

// Presented by strangers, so it may hold lone surrogates; no value of ours does.
function hash(key: Buffer, value: string): Buffer {
  return mac(heldHandle(key), [value.toWellFormed()])
}

/** Lookup keys live as long as the process: unlike a session's, their handles may be kept. */
function heldHandle(key: Buffer): KeyObject {
  const known = handles.get(key)
  if (known) return known
  const handle = handleOf(key)
  handles.set(key, handle)
  return handle
}
