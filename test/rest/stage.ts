import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { startEmbedded } from '../../src/database/embedded-server.ts'
import { runCommand } from '../cli/running.ts'
import { type RelyingParty, relyingParty } from '../revocation/relying-party.ts'
import { QUIET, SMALL } from '../support/database-address.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { listenOnTheWire, type Wire } from './wire.ts'

export const ADDRESS = '203.0.113.77'

/** A server that keeps all of its data in one folder, and everybody that it meets. */
export interface Stage {
  readonly issuer: string
  readonly folder: string
  readonly wire: Wire
  readonly server: ServerProcess
  /** Where logout tokens arrive. */
  readonly party: RelyingParty
  /** The server's own PostgreSQL. */
  readonly database: Database
  /** An operator's command; what it answers may hold secrets, and those are noted. */
  sojourn(line: string, stdin?: string): Promise<Readonly<Record<string, unknown>>>
  /** Writes a file outside of the server's folder and tells where. */
  file(name: string, content: object): Promise<string>
  close(): Promise<void>
}

export async function setStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'sojourn-rest-'))
  const beside = await mkdtemp(join(tmpdir(), 'sojourn-beside-'))
  let port = 0
  const wire = await listenOnTheWire(ADDRESS, () => port)
  const party = await relyingParty(() => ({ status: 200 }))
  const env = {
    SOJOURN_ISSUER: `http://localhost:${wire.port}`,
    SOJOURN_DATA_FOLDER: folder,
    SOJOURN_PROXY_HOPS: '1',
    SOJOURN_REGISTRATION_ENABLED: 'true',
    SOJOURN_BACKCHANNEL_ALLOW: '127.0.0.1',
    SOJOURN_LOG_LEVEL: 'trace',
  }
  const server = await startServer({ env })
  port = server.port
  const embedded = await startEmbedded({ dataFolder: folder, log: QUIET })
  const database = openDatabase({ ...SMALL, url: embedded.url }, QUIET)
  await logEverything(database)

  return {
    issuer: env.SOJOURN_ISSUER,
    folder,
    wire,
    server,
    party,
    database,
    sojourn: async (line, stdin = '') => {
      const { code, out, err } = await runCommand([...line.split(' '), '--json'], { env, stdin })
      if (code !== 0) throw new Error(`sojourn ${line}: ${err}`)
      const answer = JSON.parse(out) as Record<string, unknown>
      for (const [name, value] of Object.entries(answer))
        if (typeof value === 'string') wire.note(name, value)
      return answer
    },
    file: async (name, content) => {
      await writeFile(join(beside, name), JSON.stringify(content))
      return join(beside, name)
    },
    close: async () => {
      await server.stop()
      await database.close()
      await embedded.stop()
      await wire.close()
      await party.close()
      await rm(folder, { recursive: true, force: true })
      await rm(beside, { recursive: true, force: true })
    },
  }
}

/** As an operator may who hunts a fault: every statement with its values, in the database's own log. */
async function logEverything({ pool }: Database): Promise<void> {
  await pool.query('ALTER SYSTEM SET log_min_duration_statement = 0')
  await pool.query("ALTER SYSTEM SET log_error_verbosity = 'default'")
  await pool.query('SELECT pg_reload_conf()')
}
