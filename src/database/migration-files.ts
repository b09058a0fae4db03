import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One folder of `prisma/migrations`, as Prisma Migrate names and sums it. */
export interface Migration {
  readonly name: string
  readonly script: string
  readonly checksum: string
}

/** The product's own migrations. */
export const MIGRATIONS = join(import.meta.dirname, '..', '..', 'prisma', 'migrations')

/** All migrations of a folder in the order in which they are applied. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(names.sort().map((name) => readMigration(folder, name)))
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const script = await readFile(join(folder, name, 'migration.sql'), 'utf8')
  return { name, script, checksum: createHash('sha256').update(script).digest('hex') }
}
