import type { Sql } from '../../database/sql.ts'
import type { ClientId, SessionId } from '../../ids.ts'
import { addFigures, type Gathered } from './figures-store.ts'

/** How a session was used, as far as it is written. */
export interface Figures {
  readonly validations: number
  /** Counts by reason. */
  readonly failures: Readonly<Record<string, number>>
  readonly devices: number
  readonly networks: number
  readonly countries: readonly string[]
  /** What the protocol calls client_id. */
  readonly clients: readonly string[]
}

/** One use of a session, or one try that was refused. */
export interface Use {
  /** Null for a use that succeeded. */
  readonly failure: string | null
  readonly clientId?: ClientId | null
}

/** Where a session was used. */
export interface SeenPlace {
  /** Keyed hashes, in hexadecimal. */
  readonly device: string | null
  readonly network: string | null
  readonly country: string | null
}

/** Counts uses and writes them behind, many at a time; a crash loses at most the last seconds. */
export interface FiguresKeeper {
  note(id: SessionId, use: Use): void
  notePlace(id: SessionId, place: SeenPlace): void
  flush(): Promise<void>
}

interface Gathering {
  validations: number
  readonly failures: Map<string, number>
  readonly clients: Set<ClientId>
  readonly devices: Set<string>
  readonly networks: Set<string>
  readonly countries: Set<string>
}

const BATCH = 500
/** Sessions that are held for the next flush; what is beyond goes uncounted, and nobody waits. */
const MOST = 100_000

export function createFigures({ db }: { readonly db: Sql }): FiguresKeeper {
  let pending = new Map<SessionId, Gathering>()

  function note(id: SessionId, use: Use): void {
    const known = pending.get(id) ?? begin(id)
    if (!known) return
    if (use.failure === null) known.validations += 1
    else known.failures.set(use.failure, (known.failures.get(use.failure) ?? 0) + 1)
    if (use.clientId) known.clients.add(use.clientId)
  }

  function notePlace(id: SessionId, { device, network, country }: SeenPlace): void {
    const known = pending.get(id) ?? begin(id)
    if (!known) return
    if (device) known.devices.add(device)
    if (network) known.networks.add(network)
    if (country) known.countries.add(country)
  }

  function begin(id: SessionId): Gathering | null {
    if (pending.size >= MOST) return null
    const fresh: Gathering = {
      validations: 0,
      failures: new Map(),
      clients: new Set(),
      devices: new Set(),
      networks: new Set(),
      countries: new Set(),
    }
    pending.set(id, fresh)
    return fresh
  }

  return {
    note,
    notePlace,
    async flush() {
      const taken = [...pending]
      pending = new Map()
      try {
        while (taken.length > 0) {
          const some = taken.slice(0, BATCH)
          await addFigures(db, new Map(some.map(([id, one]) => [id, gathered(one)])))
          taken.splice(0, BATCH)
        }
      } finally {
        for (const [id, one] of taken) putBack(id, one)
      }
    },
  }

  // What could not be written goes with the next flush.
  function putBack(id: SessionId, one: Gathering): void {
    const known = pending.get(id) ?? begin(id)
    if (!known) return
    known.validations += one.validations
    for (const [reason, count] of one.failures)
      known.failures.set(reason, (known.failures.get(reason) ?? 0) + count)
    for (const name of ['clients', 'devices', 'networks', 'countries'] as const)
      for (const value of one[name]) (known[name] as Set<string>).add(value)
  }
}

function gathered(one: Gathering): Gathered {
  return {
    validations: one.validations,
    failures: Object.fromEntries(one.failures),
    clients: [...one.clients],
    devices: [...one.devices],
    networks: [...one.networks],
    countries: [...one.countries],
  }
}
