import { Gauge, type Registry } from 'prom-client'
import type { RootKeys } from '../crypto/root-key.ts'
import type { Sql } from '../database/sql.ts'
import { rootAge } from '../keys/root-age.ts'
import type { Log } from '../log.ts'
import { atMostEvery, FRESH, orNothing } from './gauges.ts'

interface Deps {
  readonly db: Sql
  readonly rootKeys: RootKeys
  readonly config: { readonly keys: { readonly rootRotation: number } }
  readonly log: Log
}

/** How old the root key is and whether it should be replaced: an alert on the second is enough. */
export function createKeyGauges(registry: Registry, deps: Deps): void {
  const registers = [registry]
  const look = atMostEvery(FRESH, async () => {
    await deps.rootKeys.refresh()
    return rootAge(deps, deps.config.keys.rootRotation)
  })
  new Gauge({
    name: 'sojourn_root_key_age_seconds',
    help: 'Since when the current root version is in use.',
    registers,
    async collect() {
      await orNothing(deps.log, async () => this.set((await look()).age))
    },
  })
  new Gauge({
    name: 'sojourn_root_key_rotation_due',
    help: '1 when the current root version is older than keys.root_rotation.',
    registers,
    async collect() {
      await orNothing(deps.log, async () => this.set(Number((await look()).isDue)))
    },
  })
}
