import { operations } from '../../../src/http/operations/operations.ts'
import { Redacted } from '../../../src/lib/redacted.ts'
import { createLog } from '../../../src/log.ts'
import { createMetrics } from '../../../src/monitoring/metrics.ts'
import { outcomes } from '../../../src/monitoring/outcome.ts'
import { createDoctor } from '../../../src/monitoring/readiness.ts'
import { DAY, ROOT } from '../../keys/given.ts'
import { createTestDatabase } from '../../support/database.ts'
import { test as base, expect } from '../middleware/serving.ts'

const TOKEN = 'a-token-for-the-scraper'

interface Settings {
  readonly production?: boolean
  readonly metrics?: boolean
  readonly token?: string
  readonly keys?: readonly unknown[]
}

interface Server {
  get(
    path: string,
    headers?: Record<string, string>,
    method?: string,
  ): Promise<{ status: number; body: string; headers: Headers }>
  drain(): void
  query(statement: string): Promise<unknown>
}

const test = base.extend<{ operating: (settings?: Settings) => Promise<Server> }>({
  operating: async ({ serve }, use) => {
    const database = await createTestDatabase()
    const log = createLog('silent')
    const closers: (() => void)[] = []
    await use(async ({ production = false, metrics = true, token, keys = ['a key'] } = {}) => {
      const counted = createMetrics({
        ...database,
        rootKeys: ROOT,
        config: { keys: { rootRotation: 30 * DAY } },
        log,
      })
      const doctor = createDoctor({ ...database, log, keys: () => ({ active: keys }) })
      closers.push(counted.close, doctor.close)
      const config = {
        production,
        monitoring: { metrics },
        metricsToken: token ? new Redacted(token) : null,
      }
      const { url } = await serve([operations({ doctor, metrics: counted, config })])
      return {
        get: async (path, headers = {}, method = 'GET') => {
          const answer = await fetch(url + path, { headers, method })
          return { status: answer.status, body: await answer.text(), headers: answer.headers }
        },
        drain: doctor.drain,
        query: (statement) => database.pool.query(statement),
      }
    })
    for (const close of closers) close()
    await database.drop()
  },
})

test.describe('/health', () => {
  test('says alive, whatever the rest does', async ({ operating }) => {
    const server = await operating({ keys: [] })
    await server.query('ALTER TABLE _prisma_migrations RENAME TO gone')
    expect(await server.get('/health')).toMatchObject({ status: 200, body: '{"status":"alive"}' })
    expect((await server.get('/HEALTH/')).status).toBe(200)
  })

  test('is read only', async ({ operating }) => {
    const server = await operating()
    const answer = await server.get('/health', {}, 'POST')
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})

test.describe('/ready', () => {
  test('names every check', async ({ operating }) => {
    const server = await operating()
    const { status, body } = await server.get('/ready')
    expect(status).toBe(200)
    expect(JSON.parse(body)).toEqual({
      status: 'ready',
      checks: { database: 'ok', migrations: 'ok', keys: 'ok', history: 'ok', process: 'ok' },
    })
  })

  test('says no where a migration is missing', async ({ operating }) => {
    const server = await operating()
    await server.query('DELETE FROM _prisma_migrations')
    const { status, body, headers } = await server.get('/ready')
    expect([status, headers.get('retry-after')]).toEqual([503, '1'])
    expect(JSON.parse(body).checks).toMatchObject({ database: 'ok', migrations: 'failing' })
  })

  test('says no without a key that signs', async ({ operating }) => {
    const server = await operating({ keys: [] })
    expect(JSON.parse((await server.get('/ready')).body).checks.keys).toBe('failing')
  })

  test('says no at once when the server drains', async ({ operating }) => {
    const server = await operating()
    expect((await server.get('/ready')).status).toBe(200)
    server.drain()
    expect((await server.get('/ready')).status).toBe(503)
  })

  test('says no once the database went back in time', async ({ operating }) => {
    const server = await operating()
    outcomes.publish({ kind: 'time_went_backwards' })
    const { status, body } = await server.get('/ready')
    expect(status).toBe(503)
    expect(JSON.parse(body).checks).toMatchObject({ database: 'ok', history: 'failing' })
  })
})

test.describe('/metrics', () => {
  test('is open in development', async ({ operating }) => {
    const server = await operating()
    const { status, headers, body } = await server.get('/metrics')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(body).toContain('sojourn_database_connections{state="idle"}')
  })

  test('does not exist in production without a token, nor where metrics are turned off', async ({
    operating,
  }) => {
    expect((await (await operating({ production: true })).get('/metrics')).status).toBe(404)
    expect((await (await operating({ metrics: false })).get('/metrics')).status).toBe(404)
  })

  test('asks for its token, in development too', async ({ operating }) => {
    for (const production of [true, false]) {
      const server = await operating({ production, token: TOKEN })
      const get = (authorization: string) =>
        server.get('/metrics', { authorization }).then(({ status }) => status)
      expect(await get(`Bearer ${TOKEN}`)).toBe(200)
      expect(await get(`bearer ${TOKEN}`)).toBe(200)
      for (const wrong of [
        '',
        'Bearer',
        `Bearer ${TOKEN}x`,
        `Bearer ${TOKEN.slice(1)}`,
        `Basic ${TOKEN}`,
        TOKEN,
      ])
        expect([wrong, await get(wrong)]).toEqual([wrong, 401])
    }
  })
})
