import { inspect } from 'node:util'
import { openDatabase } from '../../src/database/database.ts'
import { statements } from '../../src/database/pool.ts'
import { sqlTransaction } from '../../src/database/transaction.ts'
import { isUnavailable } from '../../src/database/unavailable.ts'
import { Redacted } from '../../src/lib/redacted.ts'
import { expect, test } from '../support/database.ts'
import { QUIET, SMALL } from '../support/database-address.ts'
import { openProxy } from '../support/database-proxy.ts'

const ONE = { name: 'test_one', text: 'SELECT 1 AS one' }
const UNAVAILABLE = { name: 'DomainError', code: 'unavailable' }

test.describe('waiting for a connection', () => {
  test('is refused at once when too many wait', async ({ database: { url } }) => {
    const { db, pool, close } = openDatabase({ ...SMALL, url, poolSize: 1, queueLimit: 2 }, QUIET)
    const held = await pool.connect()
    const waiting = [db.query(ONE), db.query(ONE)]

    await expect(db.query(ONE)).rejects.toMatchObject(UNAVAILABLE)
    await expect(sqlTransaction(db, async () => undefined)).rejects.toMatchObject(UNAVAILABLE)

    held.release()
    expect(await Promise.all(waiting)).toEqual([[{ one: 1 }], [{ one: 1 }]])
    await close()
  })

  test('is given up after the queue timeout', async ({ database: { url } }) => {
    const limits = { ...SMALL, poolSize: 1, queueTimeout: 0.2 }
    const { db, pool, close } = openDatabase({ ...limits, url }, QUIET)
    const held = await pool.connect()

    await expect(db.query(ONE)).rejects.toMatchObject(UNAVAILABLE)

    held.release()
    expect(await db.query(ONE)).toEqual([{ one: 1 }])
    await close()
  })
})

test.describe('a statement that takes too long', () => {
  test('says unavailable', async ({ database: { url } }) => {
    const { db, close } = openDatabase({ ...SMALL, url, statementTimeout: 0.1 }, QUIET)

    const sleeping = db.query({ name: 'test_sleep', text: 'SELECT pg_sleep(5)' })

    await expect(sleeping).rejects.toMatchObject(UNAVAILABLE)
    await close()
  })

  test('says so too when it waits for a lock', async ({ database: { url, pool } }) => {
    const { db, close } = openDatabase({ ...SMALL, url, lockTimeout: 0.1 }, QUIET)
    const holder = await pool.connect()
    await holder.query('BEGIN')
    await holder.query('LOCK TABLE workspace')

    await expect(
      db.execute({ name: 'test_blocked', text: 'DELETE FROM workspace' }),
    ).rejects.toMatchObject(UNAVAILABLE)
    expect(isUnavailable(await db.prisma.workspace.deleteMany().catch((error) => error))).toBe(true)

    await holder.query('ROLLBACK')
    holder.release()
    await close()
  })
})

test.describe('a database that goes away', () => {
  test('is unavailable in every way of asking, and is found again', async ({ database }) => {
    const proxy = await openProxy(database.url)
    const { db, close } = openDatabase({ ...SMALL, url: proxy.url }, QUIET)
    expect(await db.prisma.workspace.count()).toBe(0)
    const cut = db.query({ name: 'test_sleep', text: 'SELECT pg_sleep(60)' })
    const cutModel = db.prisma.$queryRaw`SELECT pg_sleep(60)::text`.catch((error) => error)

    setTimeout(() => void proxy.goDown(), 200)

    await expect(cut).rejects.toMatchObject(UNAVAILABLE)
    expect(isUnavailable(await cutModel)).toBe(true)
    await expect(db.query(ONE)).rejects.toMatchObject(UNAVAILABLE)
    await expect(sqlTransaction(db, async () => undefined)).rejects.toMatchObject(UNAVAILABLE)
    expect(isUnavailable(await db.prisma.workspace.count().catch((error) => error))).toBe(true)

    await proxy.comeUp()
    expect(await db.query(ONE)).toEqual([{ one: 1 }])
    expect(await db.prisma.workspace.count()).toBe(0)
    await close()
    await proxy.goDown()
  })
})

test.describe('the pool', () => {
  test('tells each statement to whoever listens', async ({ database: { db } }) => {
    const seen: unknown[] = []
    const listener = (message: unknown) => seen.push((message as { text: string }).text)
    statements.subscribe(listener)

    await sqlTransaction(db, (tx) => tx.query(ONE))
    statements.unsubscribe(listener)
    await db.query(ONE)

    expect(seen).toEqual(['BEGIN', 'SELECT 1 AS one', 'COMMIT'])
  })

  test('keeps the password out of what prints it', async ({ database: { url } }) => {
    const { db, pool, close } = openDatabase({ ...SMALL, url }, QUIET)
    await db.query(ONE)
    const password = /:([^:@]+)@/.exec(url.reveal())?.[1]

    expect(password).toHaveLength(32)
    expect(inspect(pool, { depth: 10 })).not.toContain(password)
    expect(JSON.stringify(pool.options)).not.toContain(password)
    await close()
  })

  test('reads times as they are, whatever zone the address asks for', async ({ database }) => {
    const url = new Redacted(`${database.url.reveal()}&options=-c%20TimeZone%3DAsia/Tokyo`)
    const { db, close } = openDatabase({ ...SMALL, url }, QUIET)
    const at = new Date('2026-01-01T20:00:00.123Z')

    await db.prisma.instance.create({ data: { incarnation: crypto.randomUUID(), createdAt: at } })

    expect(await db.query({ name: 'test_at', text: 'SELECT created_at FROM instance' })).toEqual([
      { created_at: at },
    ])
    expect(await db.prisma.instance.findFirst({ select: { createdAt: true } })).toEqual({
      createdAt: at,
    })
    await close()
  })
})
