// `node scripts/new-migration.ts add-something` writes the SQL that leads from the committed schema to the one
// in the working tree, by Prisma's own engine and without a network. The engine wants a database to talk to,
// and gets an empty one.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineGlue from '@prisma/schema-engine-wasm/schema_engine_bg'
import { startEmbedded } from '../src/database/embedded-server.ts'

const SCHEMA = 'prisma/schema.prisma'
const root = join(import.meta.dirname, '..')
const name = process.argv[2]
if (!name || !/^[a-z0-9-]+$/.test(name)) {
  process.stderr.write('usage: node scripts/new-migration.ts <name-with-hyphens>\n')
  process.exit(2)
}

const committed = execFileSync('git', ['show', `HEAD:${SCHEMA}`], { cwd: root, encoding: 'utf8' })
const wanted = await readFile(join(root, SCHEMA), 'utf8')
const script = await difference(committed, wanted)
if (script.includes('This is an empty migration')) {
  process.stdout.write('the schema has not changed\n')
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = join(root, 'prisma', 'migrations', `${stamp}_${name.replaceAll('-', '_')}`)
  await mkdir(folder)
  await writeFile(join(folder, 'migration.sql'), script)
  process.stdout.write(`${folder}/migration.sql\n`)
}

async function difference(from: string, to: string): Promise<string> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sojourn-migration-'))
  const log = { info: () => undefined, warn: () => undefined }
  const server = await startEmbedded({ dataFolder, log, settings: { fsync: 'off' } })
  try {
    const engine = await loadEngine(server.url.reveal(), to)
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatamodel', files: [{ path: SCHEMA, content: from }] },
      to: { tag: 'schemaDatamodel', files: [{ path: SCHEMA, content: to }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return stdout ?? ''
  } finally {
    await server.stop()
    await rm(dataFolder, { recursive: true, force: true })
  }
}

async function loadEngine(url: string, schema: string): Promise<engineGlue.SchemaEngine> {
  const file = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const code = await readFile(fileURLToPath(file).replace(/\.js$/, '.wasm'))
  const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': engineGlue })
  engineGlue.__wbg_set_wasm(instance.exports)
  ;(instance.exports as unknown as { __wbindgen_start(): void }).__wbindgen_start()
  return engineGlue.SchemaEngine.new(
    { datamodels: [[SCHEMA, schema]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(new PrismaPg(url)),
  )
}
