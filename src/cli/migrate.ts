import { migrate, migrationStatus } from '../database/migrate.ts'
import type { Log } from '../log.ts'
import type { Answer } from './answer.ts'
import { type ConfigOptions, load } from './load.ts'
import { openStorage } from './storage.ts'
import type { Terminal } from './terminal.ts'

export interface MigrateOptions extends ConfigOptions {
  /** Only tells what is pending. */
  readonly status?: boolean
}

/** Brings the database to this version's form; run twice or by many at once, it does so once. */
export async function migrateDatabase(
  terminal: Terminal,
  log: Log,
  options: MigrateOptions,
): Promise<Answer> {
  const storage = await openStorage(load(terminal, options).config, log)
  try {
    const applied = options.status ? [] : await migrate(storage.pool)
    const { pending, unknown } = await migrationStatus(storage.pool)
    const lines = [
      ...applied.map((name) => `applied ${name}`),
      ...pending.map((name) => `pending ${name}`),
      ...unknown.map((name) => `unknown ${name}: a newer version made it`),
    ]
    const text = lines.length > 0 ? lines.join('\n') : 'the database is up to date'
    return { data: { applied, pending, unknown }, text }
  } finally {
    await storage.close()
  }
}
