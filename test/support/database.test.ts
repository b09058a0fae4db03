import { expect, test } from './database.ts'

const TIMES = `SELECT created_at AS "createdAt", ended_before AS "endedBefore" FROM workspace`

test.describe('passing time', () => {
  test('moves every time that is stored, and nothing else', async ({ database, pass }) => {
    const { pool } = database
    const before = await pool.query('SELECT started_at FROM _prisma_migrations')
    await pool.query(`INSERT INTO workspace (id, slug, name, created_at)
      VALUES (gen_random_uuid(), 'a', 'A', '2026-01-01T20:00:00Z')`)

    await pass('7h45m')

    expect((await pool.query(TIMES)).rows).toEqual([
      { createdAt: new Date('2026-01-01T12:15:00Z'), endedBefore: null },
    ])
    expect((await pool.query('SELECT started_at FROM _prisma_migrations')).rows).toEqual(
      before.rows,
    )
  })
})

test.describe('a database for a test', () => {
  for (const turn of ['first', 'second']) {
    test(`is empty for the ${turn} test`, async ({ database: { db } }) => {
      await db.prisma.workspace.create({ data: { id: crypto.randomUUID(), slug: 'a', name: 'A' } })

      expect(await db.prisma.workspace.count()).toBe(1)
    })
  }
})
