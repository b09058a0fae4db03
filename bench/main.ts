import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Side } from './child.ts'
import { type Contestant, compare } from './compare.ts'
import { databaseFloor, httpFloor } from './floors.ts'
import { readOptions } from './options.ts'
import { partyOf } from './party.ts'
import { passwordLogins } from './passwords.ts'
import { asJson, asLine, heading, type Result } from './report.ts'
import { ROWS } from './rows.ts'
import { startServer } from './server.ts'
import type { Floors } from './servers/floors.ts'
import { storage } from './storage.ts'

const options = readOptions(process.argv.slice(2))
const folder = await mkdtemp(join(tmpdir(), 'sojourn-bench-'))
const [ours, stock] = await Promise.all([contestant('ours'), contestant('stock')])
const floors = await startServer<Floors>('floors', folder)

const runs: readonly (readonly [string, () => Promise<Result>])[] = [
  ...ROWS.map((row) => [row.name, () => compare(row, [ours, stock], options)] as const),
  ['password_login', () => passwordLogins(ours, options)],
  ['storage', () => storage(ours)],
  ['floor_node_http', () => httpFloor(floors, 'node_http', options)],
  ['floor_koa', () => httpFloor(floors, 'koa', options)],
  ['floor_koa_json', () => httpFloor(floors, 'koa_json', options)],
  ['floor_sql_select', () => databaseFloor(ours, 'select', options)],
  ['floor_sql_update', () => databaseFloor(ours, 'update', options)],
]

try {
  if (!options.json) console.log(heading())
  for (const [name, measure] of runs) {
    if (options.only && !options.only.has(name)) continue
    const result = await measure()
    console.log(options.json ? asJson(result) : asLine(result))
  }
} finally {
  await Promise.all([ours.party.pool.destroy(), stock.party.pool.destroy()])
  await Promise.all([ours.server.stop(), stock.server.stop(), floors.stop()])
  await rm(folder, { recursive: true, force: true })
}

async function contestant(name: 'ours' | 'stock'): Promise<Contestant> {
  const server = await startServer<Side>(name, folder)
  return { name, server, party: partyOf(server.ready) }
}
