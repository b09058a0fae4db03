import { mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/database/database.ts'
import { type EmbeddedServer, startEmbedded } from '../../src/database/embedded-server.ts'
import { migrate } from '../../src/database/migrate.ts'
import { isAlive, stopPostmaster } from '../../src/database/postmaster.ts'
import { addressOf, QUIET, SMALL } from './database-address.ts'

/** Nothing in a test's database outlives the run, so nothing waits for a disk. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '400',
}

export const TEMPLATE = 'template_migrated'

export interface TestServer {
  readonly server: EmbeddedServer
  readonly folder: string
}

/** One PostgreSQL for the whole run, with a migrated database that others are copied from. */
export async function startTestServer(): Promise<TestServer> {
  await sweep()
  const folder = join(tmpdir(), `sojourn-test-${process.pid}`)
  await mkdir(folder, { mode: 0o700 })
  const server = await startEmbedded({ dataFolder: folder, log: QUIET, settings: SETTINGS })
  await makeTemplate(server.url.reveal())
  return { server, folder }
}

export async function stopTestServer({ server, folder }: TestServer): Promise<void> {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}

async function makeTemplate(url: string): Promise<void> {
  const root = openDatabase({ ...SMALL, url: addressOf(url, 'postgres') }, QUIET)
  await root.pool.query(`CREATE DATABASE ${TEMPLATE}`)
  await root.close()
  const template = openDatabase({ ...SMALL, url: addressOf(url, TEMPLATE) }, QUIET)
  await migrate(template.pool)
  await template.close()
}

/** What a run that was killed left running. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^sojourn-test-(\d+)$/.exec(name)?.[1]
    if (!pid || isAlive(Number(pid))) continue
    const folder = join(tmpdir(), name)
    await stopPostmaster(join(folder, 'postgres'), 5)
    await rm(folder, { recursive: true, force: true })
  }
}
