// `node scripts/seed-sessions.ts postgresql://… 1000000` fills a migrated database with live sessions, for
// measurements. Never run it where people's sessions are: what it makes opens nothing and is not told apart.
import { seedSessions } from '../bench/seed.ts'
import { openDatabase } from '../src/database/database.ts'
import { Redacted } from '../src/lib/redacted.ts'

const [, , url, count = '1000000'] = process.argv
if (!url || !/^[1-9]\d*$/.test(count)) {
  process.stderr.write('usage: node scripts/seed-sessions.ts <postgresql://…> [count]\n')
  process.exit(2)
}

const { pool, close } = openDatabase(
  {
    url: new Redacted(url),
    poolSize: 2,
    queueLimit: 10,
    queueTimeout: 5,
    statementTimeout: 300,
    lockTimeout: 5,
  },
  { warn: (_, message) => process.stderr.write(`${message}\n`) },
)
const started = performance.now()
await seedSessions(pool, Number(count), (made) => {
  const seconds = Math.round((performance.now() - started) / 1000)
  process.stdout.write(`${made} sessions after ${seconds} s\n`)
})
await close()
