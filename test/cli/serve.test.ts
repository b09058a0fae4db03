import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopPostmaster } from '../../src/database/postmaster.ts'
import { test as base, expect } from '../support/database.ts'
import { openProxy } from '../support/database-proxy.ts'
import { freePort, type ServerOptions, type ServerProcess, startServer } from '../support/server.ts'
import { runCommand } from './running.ts'

interface Fixtures {
  readonly folder: string
  readonly start: (options: ServerOptions) => Promise<ServerProcess>
}

const test = base.extend<Fixtures>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-serve-'))
    await use(folder)
    await stopPostmaster(join(folder, 'postgres'), 5)
    await rm(folder, { recursive: true, force: true })
  },
  start: async ({ folder }, use) => {
    const servers: ServerProcess[] = []
    await use(async (options) => {
      const env = { SOJOURN_DATA_FOLDER: folder, ...options.env }
      const server = await startServer({ ...options, env })
      servers.push(server)
      return server
    })
    for (const server of servers) server.kill('SIGKILL')
    await Promise.all(servers.map(({ ended }) => ended))
  },
})

/** A request that waits in the database until it is let go. */
async function heldRequest(server: ServerProcess, pool: Lockable) {
  const client = await pool.connect()
  await client.query('BEGIN; LOCK TABLE client')
  const answer = fetch(`${server.url}/oauth2/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  answer.catch(() => undefined)
  await expect.poll(async () => (await pool.query(WAITING)).rows.length).toBe(1)
  return {
    answer,
    letGo: async () => {
      await client.query('ROLLBACK')
      client.release()
    },
  }
}

interface Lockable {
  connect(): Promise<{ query(text: string): Promise<unknown>; release(): void }>
  query(text: string): Promise<{ rows: unknown[] }>
}

const WAITING = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`

test.describe('a server that is asked to stop', () => {
  test('finishes what runs, takes nothing new, and ends with 0', async ({ start, database }) => {
    const server = await start({ url: database.url, env: { SOJOURN_DATABASE_LOCK_TIMEOUT: '10s' } })
    const held = await heldRequest(server, database.pool)
    server.kill('SIGTERM')
    await expect
      .poll(() =>
        fetch(`${server.url}/health`).then(
          () => 'open',
          () => 'closed',
        ),
      )
      .toBe('closed')
    await held.letGo()
    expect((await held.answer).status).toBe(401)
    expect(await server.ended).toBe(0)
    expect(server.output().log).toContain('"msg":"stopped"')
  })

  test('cuts what does not finish within its limit', async ({ start, database }) => {
    const env = { SOJOURN_DATABASE_LOCK_TIMEOUT: '10s', SOJOURN_DRAIN_TIMEOUT: '1s' }
    const server = await start({ url: database.url, env })
    const held = await heldRequest(server, database.pool)
    server.kill('SIGINT')
    await expect(held.answer).rejects.toThrow()
    await held.letGo()
    expect(await server.ended).toBe(0)
  })

  test('takes two signals of one moment for one, and a later one for leave at once', async ({
    start,
    database,
  }) => {
    const env = { SOJOURN_DATABASE_LOCK_TIMEOUT: '10s', SOJOURN_DRAIN_TIMEOUT: '1m' }
    const server = await start({ url: database.url, env })
    const held = await heldRequest(server, database.pool)
    server.kill('SIGINT')
    server.kill('SIGINT')
    await expect.poll(() => server.output().log).toContain('"msg":"stopping"')
    const state = () =>
      Promise.race([
        server.ended,
        new Promise((resolve) => setTimeout(() => resolve('runs'), 1_200)),
      ])
    expect(await state()).toBe('runs')
    server.kill('SIGINT')
    expect(await server.ended).toBe(1)
    await held.letGo()
  })
})

test.describe('a server whose database begins a new incarnation', () => {
  test('stops by itself, says why, and ends with 1', async ({ start, database, folder }) => {
    const server = await start({ url: database.url })
    const env = { DATABASE_URL: database.url.reveal(), SOJOURN_DATA_FOLDER: folder }
    expect((await runCommand(['keys', 'new-incarnation', '--yes'], { env })).code).toBe(0)

    expect(await server.ended).toBe(1)
    expect(server.output().log).toContain('began a new incarnation')
    await start({ url: database.url })
  })
})

test.describe('a server whose database goes away', () => {
  test('says so with 503 and when to ask again, and is back by itself', async ({
    start,
    database,
  }) => {
    const proxy = await openProxy(database.url)
    const server = await start({ url: proxy.url, env: { SOJOURN_DATABASE_QUEUE_TIMEOUT: '1s' } })
    const ask = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(server.url + path, init)
      return [path, answer.status, answer.headers.get('retry-after')]
    }
    const token = {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
    }
    const post = () =>
      ask('/oauth2/token', {
        ...token,
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
    expect(await post()).toEqual(['/oauth2/token', 401, null])

    await proxy.goDown()
    expect(await post()).toEqual(['/oauth2/token', 503, '1'])
    expect(await ask('/oauth2/authorize?client_id=a')).toEqual([
      '/oauth2/authorize?client_id=a',
      503,
      '1',
    ])
    expect(await ask('/ready')).toEqual(['/ready', 503, '1'])
    expect(await ask('/health')).toEqual(['/health', 200, null])
    expect(await ask('/metrics')).toEqual(['/metrics', 200, null])

    await proxy.comeUp()
    await expect.poll(() => ask('/ready')).toEqual(['/ready', 200, null])
    expect(await post()).toEqual(['/oauth2/token', 401, null])
    expect(await server.stop()).toBe(0)
    await proxy.goDown()
  })
})

test.describe('a server with a database of its own', () => {
  test('brings it up, shares it with commands, and takes it down', async ({ start, folder }) => {
    const first = await start({})
    const command = () =>
      runCommand(['keys', 'status', '--json'], { env: { SOJOURN_DATA_FOLDER: folder } })
    const beside = await command()
    expect(beside.code).toBe(0)
    expect((await fetch(`${first.url}/ready`)).status).toBe(200)
    expect(await first.stop()).toBe(0)
    await expect(access(join(folder, 'postgres', 'postmaster.pid'))).rejects.toThrow()

    const alone = await command()
    expect(JSON.parse(alone.out).root_versions).toEqual(JSON.parse(beside.out).root_versions)
    await expect(access(join(folder, 'postgres', 'postmaster.pid'))).rejects.toThrow()
  })

  test('recovers after SIGKILL, with the same keys', async ({ start }) => {
    const killed = await start({})
    const keys = await fetch(`${killed.url}/.well-known/jwks.json`).then((answer) => answer.text())
    killed.kill('SIGKILL')
    await killed.ended
    const next = await start({ port: killed.port })
    expect(await fetch(`${next.url}/.well-known/jwks.json`).then((answer) => answer.text())).toBe(
      keys,
    )
    expect(await next.stop()).toBe(0)
  })

  test('leaves nothing running when its port is taken', async ({ start, folder }) => {
    const taken = createServer()
    await once(taken.listen(0, '127.0.0.1'), 'listening')
    const { port } = taken.address() as { port: number }
    await expect(start({ port })).rejects.toThrow(
      `port ${port} of the server (listen.port) is taken: is it already running?`,
    )
    await expect
      .poll(() =>
        access(join(folder, 'postgres', 'postmaster.pid')).then(
          () => 'runs',
          () => 'gone',
        ),
      )
      .toBe('gone')
    taken.close()
  })
})

test.describe('the demonstration', () => {
  async function demoPorts() {
    return {
      SOJOURN_DEMO_PORTS_NOTES: String(await freePort()),
      SOJOURN_DEMO_PORTS_BILLING: String(await freePort()),
    }
  }

  test('is told with addresses and passwords, and found again as it was', async ({
    start,
    database,
  }) => {
    const env = await demoPorts()
    const run = async () => {
      const server = await start({ url: database.url, args: ['--demo', '--json'], env })
      const told = JSON.parse(server.output().out)
      for (const { address } of told.apps) expect((await fetch(address)).status).toBe(200)
      expect(await server.stop()).toBe(0)
      return told
    }
    const first = await run()
    expect(first.apps.map(({ name }: { name: string }) => name)).toEqual(['Notes', 'Billing'])
    expect(first.people.map(({ username }: { username: string }) => username)).toEqual([
      'ada',
      'bruno',
      'chloe',
    ])
    const rows = () =>
      database.pool.query(`SELECT (SELECT json_agg(u ORDER BY id) FROM "user" u) AS users,
        (SELECT json_agg(c ORDER BY id) FROM client c) AS clients,
        (SELECT json_agg(m ORDER BY user_id, workspace_id) FROM membership m) AS members`)
    const before = (await rows()).rows
    expect(before[0].members).toHaveLength(6)
    const { issuer: _, listen: __, ...again } = await run()
    expect(again).toEqual({ apps: first.apps, people: first.people })
    expect((await rows()).rows).toEqual(before)
  })

  test('registers its applications anew where their ports have changed', async ({
    start,
    database,
  }) => {
    const redirects = async () => {
      const server = await start({ url: database.url, args: ['--demo'], env: await demoPorts() })
      await server.stop()
      const { rows } = await database.pool.query(
        `SELECT metadata->'redirect_uris'->>0 AS uri FROM client ORDER BY client_id`,
      )
      return rows.map(({ uri }) => uri)
    }
    const [first, second] = [await redirects(), await redirects()]
    expect(second).toHaveLength(2)
    expect(second).not.toEqual(first)
  })

  test('is no data for production', async ({ database }) => {
    const env = { DATABASE_URL: database.url.reveal(), SOJOURN_ENVIRONMENT: 'production' }
    const { code, err } = await runCommand(['serve', '--demo', '--json'], { env })
    expect(code).toBe(1)
    expect(JSON.parse(err).problems).toContainEqual({
      key: 'demo',
      reason: expect.stringContaining('known passwords'),
    })
  })

  test('started by npm drains at Ctrl-C, which reaches the whole group', async ({ folder }) => {
    const port = await freePort()
    const npm = spawn('npm', ['start'], {
      cwd: new URL('../../', import.meta.url).pathname,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        SOJOURN_DATA_FOLDER: folder,
        SOJOURN_PORT: String(port),
        SOJOURN_LOG_LEVEL: 'info',
        ...(await demoPorts()),
      },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    for (const stream of [npm.stdout, npm.stderr])
      stream.on('data', (chunk) => {
        out += chunk
      })
    await expect.poll(() => out, { timeout: 30_000 }).toContain('"msg":"ready"')
    expect(out).toContain('paper boats at dawn')
    process.kill(-npm.pid!, 'SIGINT')
    await once(npm, 'close')
    expect(out).toContain('"msg":"stopped"')
    await expect(access(join(folder, 'postgres', 'postmaster.pid'))).rejects.toThrow()
  })
})
