import { migrate, migrationStatus } from '../database/migrate.ts'
import { DomainError } from '../errors.ts'
import { type Core, createCore } from '../services/core.ts'
import { commandLog } from './command.ts'
import { type ConfigOptions, load } from './load.ts'
import { openStorage, type Storage } from './storage.ts'
import type { Terminal } from './terminal.ts'

/** Who acts at the command line. */
export const OPERATOR = { kind: 'operator' } as const

/** Does a command's work on the database and the keys, whether or not a server runs beside it. */
export async function withCore<T>(
  terminal: Terminal,
  options: ConfigOptions,
  work: (core: Core) => Promise<T>,
): Promise<T> {
  const { config } = load(terminal, options)
  const log = commandLog(terminal)
  const storage = await openStorage(config, log)
  try {
    await mustBeUpToDate(storage, config.database.url === null)
    return await work(await createCore(config, log, storage))
  } finally {
    await storage.close()
  }
}

/** Another command must not change tables under the servers of an older version; our own database has none. */
async function mustBeUpToDate({ pool }: Storage, isOurs: boolean): Promise<void> {
  const { pending } = await migrationStatus(pool)
  if (pending.length === 0) return
  if (!isOurs) throw new DomainError('conflict', 'the database is older: run sojourn migrate first')
  await migrate(pool)
}
