import { once } from 'node:events'
import { openDatabase } from '../../src/database/database.ts'
import { startEmbedded } from '../../src/database/embedded-server.ts'
import { QUIET, SMALL } from '../support/database-address.ts'

/** A process of its own that uses an embedded server: it writes a row, says so, and drains at SIGINT. */
const interrupted = once(process, 'SIGINT')
const dataFolder = process.argv[2] ?? ''
const server = await startEmbedded({ dataFolder, log: QUIET })
const { pool, close } = openDatabase({ ...SMALL, url: server.url }, QUIET)
await pool.query('CREATE TABLE IF NOT EXISTS kept (id serial)')
await pool.query('INSERT INTO kept DEFAULT VALUES')
process.stdout.write(`${server.adopted ? 'adopted' : 'started'}\n`)

await interrupted
await pool.query('INSERT INTO kept DEFAULT VALUES')
await close()
await server.stop()
process.stdout.write('drained\n')
