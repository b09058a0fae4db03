// Makes the package of the SDK: plain JavaScript, its types, and a package.json that leads to them.
// Node does not run TypeScript inside node_modules, so the sources alone would be of no use there.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src/sdk')
const target = resolve(process.argv[2] ?? join(source, 'dist'))

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
const tsc = join(dirname(typescript), JSON.parse(readFileSync(typescript, 'utf8')).bin.tsc)
const options = ['--noEmit', 'false', '--declaration', '--outDir', target, '--rootDir', source]
const project = join(target, 'tsconfig.json')
writeFileSync(
  project,
  JSON.stringify({
    extends: join(root, 'tsconfig.json'),
    // It runs wherever there is a fetch: what only Node has is not there to be used.
    compilerOptions: { types: [] },
    include: [join(source, '*.ts')],
  }),
)
execFileSync(process.execPath, [tsc, '-p', project, ...options], { stdio: 'inherit' })
rmSync(project)

const { private: _, ...manifest } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
const exports = { '.': { types: './index.d.ts', default: './index.js' } }
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify({ ...manifest, exports, sideEffects: false }, null, 2)}\n`,
)
