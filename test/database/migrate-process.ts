import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { Redacted } from '../../src/lib/redacted.ts'
import { QUIET, SMALL } from '../support/database-address.ts'

/** A process of its own that migrates, to be killed. */
const url = new Redacted(process.env.DATABASE_URL ?? '')
const { pool, close } = openDatabase({ ...SMALL, url }, QUIET)
await migrate(pool, process.argv[2])
await close()
