import type { Config } from '../config/config.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { startEmbedded } from '../database/embedded-server.ts'
import type { Log } from '../log.ts'

export interface Storage extends Database {
  /** Closes the pool and then, if this process is its last user, the embedded server. */
  close(): Promise<void>
}

/** The database of the configuration; without an address the embedded one, started or adopted. */
export async function openStorage(config: Config, log: Log): Promise<Storage> {
  const embedded = config.database.url
    ? null
    : await startEmbedded({ dataFolder: config.dataFolder, log })
  const url = config.database.url ?? embedded?.url
  if (!url) throw new Error('there is no database')
  const database = openDatabase({ ...config.database, url }, log)
  return {
    ...database,
    async close() {
      await database.close()
      await embedded?.stop()
    },
  }
}
