import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareApi } from './api.ts'
import { API_ROWS } from './api-rows.ts'
import type { Side } from './child.ts'
import { type Contestant, compare } from './compare.ts'
import { databaseFloor, httpFloor } from './floors.ts'
import { withManySessions } from './many.ts'
import { readOptions } from './options.ts'
import { partyOf } from './party.ts'
import { passwordLogins } from './passwords.ts'
import { asJson, asLine, heading, type Result } from './report.ts'
import { ROWS } from './rows.ts'
import { type BenchServer, startServer } from './server.ts'
import type { Floors } from './servers/floors.ts'
import type { OurSide } from './servers/ours.ts'
import { storage } from './storage.ts'

const options = readOptions(process.argv.slice(2))
const folder = await mkdtemp(join(tmpdir(), 'sojourn-bench-'))
const [ours, stock] = await Promise.all([contestant('ours'), contestant('stock')])
const floors = await startServer<Floors>('floors', folder)

let boundedServer: BenchServer<OurSide> | null = null

/** A second server of ours, started where it is asked for. */
async function serverOf(consistency: 'strong' | 'bounded'): Promise<BenchServer<OurSide>> {
  if (consistency === 'strong') return ours.server as BenchServer<OurSide>
  boundedServer ??= await startServer<OurSide>('ours', folder, consistency)
  return boundedServer
}

const runs: readonly (readonly [string, () => Promise<Result | readonly Result[]>])[] = [
  ...ROWS.map((row) => [row.name, () => compare(row, [ours, stock], options)] as const),
  ...API_ROWS.map(
    (row) =>
      [
        row.name,
        async () => compareApi(row, { ours: await serverOf(row.of), floors }, options),
      ] as const,
  ),
  ['password_login', () => passwordLogins(ours, options)],
  ['storage', () => storage(ours)],
  // Takes minutes: only where it is named.
  ['many', async () => withManySessions({ ours: await serverOf('strong'), floors }, options)],
  ['floor_node_http', () => httpFloor(floors, 'node_http', options)],
  ['floor_koa', () => httpFloor(floors, 'koa', options)],
  ['floor_koa_json', () => httpFloor(floors, 'koa_json', options)],
  ['floor_sql_select', () => databaseFloor(ours, 'select', options)],
  ['floor_sql_update', () => databaseFloor(ours, 'update', options)],
]

try {
  if (!options.json) console.log(heading())
  for (const [name, measure] of runs) {
    if (options.only ? !options.only.has(name) : name === 'many') continue
    for (const result of [await measure()].flat())
      console.log(options.json ? asJson(result) : asLine(result))
  }
} finally {
  await Promise.all([ours.party.pool.destroy(), stock.party.pool.destroy()])
  await Promise.all([ours.server, stock.server, floors, boundedServer].map((one) => one?.stop()))
  await rm(folder, { recursive: true, force: true })
}

async function contestant(name: 'ours' | 'stock'): Promise<Contestant> {
  const server = await startServer<Side>(name, folder)
  return { name, server, party: partyOf(server.ready) }
}
