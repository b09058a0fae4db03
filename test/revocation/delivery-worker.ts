import { openDatabase } from '../../src/database/database.ts'
import { Redacted } from '../../src/lib/redacted.ts'
import { startDeliveries } from '../../src/revocation/deliveries.ts'
import { QUIET, SMALL } from '../support/database-address.ts'
import { givenDeps } from './given.ts'

/** A process that delivers, for tests that kill one: `node delivery-worker.ts`, its database in DATABASE. */
const database = openDatabase({ ...SMALL, url: new Redacted(process.env.DATABASE ?? '') }, QUIET)
const deliveries = startDeliveries(await givenDeps(database.db))
console.log('delivering')

process.on('SIGTERM', async () => {
  await deliveries.stop()
  await database.close()
})
