import { coalesce } from '../database/coalesce.ts'
import type { Sql } from '../database/sql.ts'
import type { ClientId } from '../ids.ts'
import { type Client, isClientId } from './client.ts'
import { selectClientById } from './client-store.ts'
import {
  type RegistryEntry,
  type RegistryKey,
  type StoredEntry,
  selectEntries,
} from './registry-store.ts'
import { isResourceIdentifier } from './uris.ts'

/**
 * The client of a request and the resource it asks for, as they are in the database now; a disabled
 * client is not found. A client that did not change is the same object each time, so that what is
 * made of it can be kept by it.
 */
export type FindInRegistry = (key: RegistryKey) => Promise<RegistryEntry>

const NOTHING: RegistryEntry = { client: null, resource: null }

/**
 * The way of every protocol request to its client: one statement for all that ask at about the
 * same time, and one for client and resource together.
 */
export function registryFinder(db: Sql): FindInRegistry {
  const unchanged = keptClients()
  const find = coalesce<RegistryKey, RegistryEntry>(
    async (keys) => {
      const entries = (await selectEntries(db, keys)).map(unchanged)
      return new Map(keys.map((key, at) => [keyOf(key), entries[at] ?? NOTHING]))
    },
    { keyOf, maxBatch: 100, maxInFlight: 4 },
  )

  return async ({ clientId, resource }) => {
    const key = { clientId: known(clientId, isClientId), resource: knownResource(resource) }
    const { client, resource: asked } = (await find(key)) ?? NOTHING
    return { client: client?.disabledAt ? null : client, resource: asked }
  }
}

const MOST_KEPT = 1_000

function keptClients(): (entry: StoredEntry) => RegistryEntry {
  const kept = new Map<ClientId, { readonly version: string | null; readonly client: Client }>()

  return ({ client, version, resource }) => {
    if (!client) return { client, resource }
    const known = kept.get(client.id)
    if (known?.version === version) return { client: known.client, resource }
    const [oldest] = kept.keys()
    if (oldest && kept.size >= MOST_KEPT) kept.delete(oldest)
    kept.set(client.id, { version, client })
    return { client, resource }
  }
}

/** A client outside the hot paths, by client_id; a disabled one is not found. */
export async function findClient(db: Sql, clientId: string): Promise<Client | null> {
  const client = await findAnyClient(db, clientId)
  return client?.disabledAt ? null : client
}

/** The same for whoever may do something about a disabled one. */
export async function findAnyClient(db: Sql, clientId: string): Promise<Client | null> {
  if (!isClientId(clientId)) return null
  const [entry] = await selectEntries(db, [{ clientId, resource: null }])
  return entry?.client ?? null
}

/** Also a disabled one: it still hears of the ends of sessions it took part in. */
export function findClientById(db: Sql, id: ClientId): Promise<Client | null> {
  return selectClientById(db, id)
}

// A null byte in a stranger's text would make the database refuse the whole batch.
function known(text: string, isPossible: (text: string) => boolean): string {
  return isPossible(text) ? text : ''
}

function knownResource(resource: string | null): string | null {
  return resource !== null && isResourceIdentifier(resource) ? resource : null
}

function keyOf({ clientId, resource }: RegistryKey): string {
  return `${clientId} ${resource ?? ''}`
}
