import { randomUUID } from 'node:crypto'
import { openDatabase } from '../../src/database/database.ts'
import { sqlTransaction, transaction } from '../../src/database/transaction.ts'
import { expect, test } from '../support/database.ts'
import { QUIET, SMALL } from '../support/database-address.ts'

const INSERT = {
  name: 'test_insert_workspace',
  text: 'INSERT INTO workspace (id, slug, name) VALUES ($1, $2, $2)',
}
const SLUGS = { name: 'test_slugs', text: 'SELECT slug FROM workspace ORDER BY slug' }
const BACKEND = { name: 'test_backend', text: 'SELECT pg_backend_pid() AS pid' }
const KILL = { name: 'test_kill', text: 'SELECT pg_terminate_backend(pg_backend_pid())' }

test.describe('a transaction', () => {
  test('commits models and prepared statements as one', async ({ database: { db } }) => {
    await transaction(db, async (tx) => {
      await tx.prisma.workspace.create({ data: { id: randomUUID(), slug: 'a', name: 'A' } })
      await tx.execute(INSERT, [randomUUID(), 'b'])
      expect(await tx.query(SLUGS)).toEqual([{ slug: 'a' }, { slug: 'b' }])
      expect(await tx.prisma.workspace.count()).toBe(2)
      expect(await db.query(SLUGS)).toEqual([])
    })

    expect(await db.query(SLUGS)).toEqual([{ slug: 'a' }, { slug: 'b' }])
  })

  test('rolls both back when the work fails', async ({ database: { db } }) => {
    const failing = transaction(db, async (tx) => {
      await tx.execute(INSERT, [randomUUID(), 'a'])
      await tx.prisma.workspace.create({ data: { id: randomUUID(), slug: 'b', name: 'B' } })
      throw new RangeError('no')
    })

    await expect(failing).rejects.toThrow(RangeError)
    expect(await db.query(SLUGS)).toEqual([])
  })

  test('is joined by one opened inside it', async ({ database: { db } }) => {
    const failing = transaction(db, async (tx) => {
      await transaction(tx, (inner) => inner.execute(INSERT, [randomUUID(), 'a']))
      await sqlTransaction(tx, (inner) => inner.execute(INSERT, [randomUUID(), 'b']))
      throw new RangeError('no')
    })

    await expect(failing).rejects.toThrow(RangeError)
    expect(await db.query(SLUGS)).toEqual([])
  })

  test('keeps parallel ones apart', async ({ database: { db } }) => {
    const pids = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        transaction(db, async (tx) => {
          await tx.execute(INSERT, [randomUUID(), `s${index}`])
          const [own] = await tx.query<{ pid: number }>(BACKEND)
          const [prismas] = await tx.prisma.$queryRaw<{ pid: number }[]>`
            SELECT pg_backend_pid() AS pid`
          expect(prismas).toEqual(own)
          return own?.pid
        }),
      ),
    )

    expect(new Set(pids).size).toBe(5)
    expect(await db.query(SLUGS)).toHaveLength(5)
  })

  test('takes no statement when it took too long', async ({ database: { url } }) => {
    const { db, close } = openDatabase({ ...SMALL, url, statementTimeout: 0.2 }, QUIET)
    const slow = transaction(db, async (tx) => {
      await tx.execute(INSERT, [randomUUID(), 'a'])
      await new Promise((resolve) => setTimeout(resolve, 400))
      await tx.execute(INSERT, [randomUUID(), 'b'])
    })

    await expect(slow).rejects.toMatchObject({ code: 'unavailable' })
    expect(await db.query(SLUGS)).toEqual([])
    await close()
  })

  test('takes no statement when it is over', async ({ database: { db } }) => {
    const late = await transaction(db, async (tx) => () => tx.execute(INSERT, [randomUUID(), 'a']))
    const lateSql = await sqlTransaction(
      db,
      async (tx) => () => tx.execute(INSERT, [randomUUID(), 'b']),
    )

    await expect(late()).rejects.toMatchObject({ code: 'unavailable' })
    await expect(lateSql()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await db.query(SLUGS)).toEqual([])
  })

  for (const [name, open] of Object.entries({ transaction, sqlTransaction })) {
    test(`${name} does not pass a rollback off as a commit`, async ({ database: { db } }) => {
      await db.execute(INSERT, [randomUUID(), 'taken'])

      const careless = open(db, async (tx) => {
        await tx.execute(INSERT, [randomUUID(), 'lost'])
        await tx.execute(INSERT, [randomUUID(), 'taken']).catch(() => undefined)
      })

      await expect(careless).rejects.toThrow('ignored')
      expect(await db.query(SLUGS)).toEqual([{ slug: 'taken' }])
    })

    test(`${name} says unavailable when its connection dies`, async ({ database: { db } }) => {
      const dying = open(db, async (tx) => {
        await tx.query(KILL).catch(() => undefined)
        await tx.execute(INSERT, [randomUUID(), 'a'])
      })

      await expect(dying).rejects.toMatchObject({ code: 'unavailable' })
      expect(await db.query(SLUGS)).toEqual([])
    })
  }
})

test.describe('two transactions that lock each other out', () => {
  const LOCK = { name: 'test_lock', text: 'SELECT id FROM workspace WHERE slug = $1 FOR UPDATE' }

  for (const [name, open] of Object.entries({ transaction, sqlTransaction })) {
    test(`both succeed by ${name}`, async ({ database: { db } }) => {
      for (const slug of ['a', 'b']) await db.execute(INSERT, [randomUUID(), slug])
      let attempts = 0
      const bothHold = meeting(2)
      const lockBoth = (first: string, second: string) =>
        open(db, async (tx) => {
          attempts += 1
          await tx.query(LOCK, [first])
          await bothHold()
          await tx.query(LOCK, [second])
        })

      await Promise.all([lockBoth('a', 'b'), lockBoth('b', 'a')])

      expect(attempts).toBe(3)
    })
  }

  test('also when models meet', async ({ database: { db } }) => {
    for (const slug of ['a', 'b']) await db.execute(INSERT, [randomUUID(), slug])
    const bothHold = meeting(2)
    const renameBoth = (first: string, second: string) =>
      transaction(db, async (tx) => {
        await tx.prisma.workspace.update({ where: { slug: first }, data: { name: 'x' } })
        await bothHold()
        await tx.prisma.workspace.update({ where: { slug: second }, data: { name: 'x' } })
      })

    await Promise.all([renameBoth('a', 'b'), renameBoth('b', 'a')])

    expect(await db.prisma.workspace.count({ where: { name: 'x' } })).toBe(2)
  })
})

/** Lets nobody go on before so many have come; whoever comes later need not wait. */
function meeting(count: number): () => Promise<void> {
  const met = Promise.withResolvers<void>()
  let missing = count
  return () => {
    missing -= 1
    if (missing <= 0) met.resolve()
    return met.promise
  }
}
