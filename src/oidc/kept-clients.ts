import type { Client } from '../clients/client.ts'
import { clientPayload, readClient } from './adapters/client-adapter.ts'
import type { OidcDeps } from './deps.ts'
import type { Payload } from './payload.ts'

type LibraryClient = object

interface ClientModel {
  new (metadata: Payload): LibraryClient
  find(id: unknown): Promise<LibraryClient | undefined>
}

/**
 * Keeps what the library makes of a client for as long as the client is unchanged. The library
 * itself hashes the whole record each time and remembers a hundred of them; beyond, each request
 * would validate its client anew, and fetch the sector of a pairwise one (lib/models/client.js at
 * v9.13).
 */
export function keepClients(model: ClientModel, deps: OidcDeps): void {
  const kept = new WeakMap<Client, LibraryClient>()
  const original = model.find

  model.find = async (id) => {
    const client = typeof id === 'string' && id !== '' ? await readClient(deps, id) : null
    if (!client) return undefined
    const known = kept.get(client)
    if (known) return known
    // Whose sector lies elsewhere is for the library to check.
    const made = client.metadata.sector_identifier_uri
      ? await original.call(model, id)
      : new model(clientPayload(client))
    if (made) kept.set(client, made)
    return made
  }
}
