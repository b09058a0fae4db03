#!/usr/bin/env node
// Plain JavaScript, so that an old Node can still say what it lacks.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `Sojourn needs Node 24 or later; this is ${process.versions.node}.\n` +
      'Start it with "npm start" or "npx sojourn …": the package brings its own Node 24.\n',
  )
  process.exit(1)
}
await import('../src/main.ts')
