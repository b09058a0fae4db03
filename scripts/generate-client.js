// Writes Prisma's client into src/database/generated, without a network: `prisma generate` looks for a
// schema engine that it does not use, and is content with any executable.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(join(root, 'package.json'))

// A Dockerfile that installs before it copies the sources runs this again afterwards.
if (!existsSync(join(root, 'prisma', 'schema.prisma'))) process.exit(0)

const { status, error } = spawnSync(
  process.execPath,
  [require.resolve('prisma/build/index.js'), 'generate', '--no-hints'],
  {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  },
)
if (error) throw error
process.exitCode = status ?? 1
