// Types, format, lint and promises, in parallel; the architecture test runs with the tests.
import { spawn } from 'node:child_process'

const CHECKS = [
  ['types', 'tsc', ['-p', '.']],
  ['format and lint', 'biome', ['check', '.']],
  [
    'promises',
    'oxlint',
    ['--type-aware', '-A', 'all', '-D', 'typescript/no-floating-promises', 'src', 'test', 'bench'],
  ],
  ['architecture', 'node', ['scripts/architecture.ts']],
]

const results = await Promise.all(CHECKS.map(([name, command, args]) => run(name, command, args)))
for (const { name, code, output } of results) {
  if (code !== 0) process.stdout.write(output)
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}\n`)
}
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1

function run(name, command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { shell: process.platform === 'win32' })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', (error) => resolve({ name, code: 1, output: `${error.message}\n` }))
    child.on('close', (code) => resolve({ name, code, output }))
  })
}
