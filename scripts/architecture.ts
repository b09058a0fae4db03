import { readArchitecture, violations } from '../test/support/architecture.ts'

const sources = readArchitecture(new URL('../src/', import.meta.url).pathname)
const found = violations(sources)
for (const line of found) process.stdout.write(`${line}\n`)
process.exitCode = found.length > 0 ? 1 : 0
