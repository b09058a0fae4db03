import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { test as base, expect } from 'playwright/test'
import { type EmbeddedServer, startEmbedded } from '../../src/database/embedded-server.ts'
import { isAlive, postmasterOf, stopPostmaster } from '../../src/database/postmaster.ts'
import { QUIET } from '../support/database-address.ts'

interface Fixtures {
  readonly folder: string
  /** Starts, and stops at the end if the test does not. */
  readonly start: () => Promise<EmbeddedServer>
  /** Another process that uses the same server. */
  readonly another: () => Promise<{ child: ChildProcess; says: () => Promise<string> }>
}

const test = base.extend<Fixtures>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-embedded-'))
    await use(folder)
    await stopPostmaster(join(folder, 'postgres'), 10)
    await rm(folder, { recursive: true })
  },
  start: async ({ folder }, use) => {
    const started: EmbeddedServer[] = []
    await use(async () => {
      const server = await startEmbedded({ dataFolder: folder, log: QUIET })
      started.push(server)
      return server
    })
    for (const server of started) await server.stop()
  },
  another: async ({ folder }, use) => {
    const children: ChildProcess[] = []
    await use(async () => {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'embedded-user.ts'), folder],
        {
          detached: true,
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      children.push(child)
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      return { child, says: async () => (await lines.next()).value ?? 'nothing' }
    })
    for (const child of children) child.kill('SIGKILL')
  },
})

async function ask(server: EmbeddedServer, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url.reveal() })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const running = (folder: string) => postmasterOf(join(folder, 'postgres'))

test.describe('an embedded server', () => {
  test('is durable, private and UTF-8', async ({ folder, start }) => {
    const server = await start()

    expect(server.adopted).toBe(false)
    const settings = `SELECT current_setting('fsync') AS fsync, current_setting('data_checksums') AS sums,
      current_setting('listen_addresses') AS network, current_setting('server_encoding') AS encoding,
      current_setting('synchronous_commit') AS commit, current_setting('full_page_writes') AS pages`
    expect(await ask(server, settings)).toEqual([
      { fsync: 'on', sums: 'on', network: '', encoding: 'UTF8', commit: 'on', pages: 'on' },
    ])
    for (const name of ['postgres', 'postgres-socket']) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o700)
    }
    const passwordFile = join(folder, 'postgres', 'sojourn-password')
    expect((await stat(passwordFile)).mode & 0o777).toBe(0o600)
  })

  test('asks for its password, which nothing prints', async ({ start }) => {
    const server = await start()
    const wrong = new pg.Client({
      connectionString: server.url.reveal().replace(/:[^:@]+@/, ':x@'),
    })

    await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' })
    expect(JSON.stringify(server)).toBe('{"url":"[redacted]","adopted":false}')
  })

  test('writes nothing that was sent to it into its log', async ({ folder, start }) => {
    const server = await start()

    await ask(server, "SELECT 'canary-in-a-statement' FROM nowhere").catch(() => undefined)
    await ask(server, "SELECT 'canary-in-a-value'::uuid").catch(() => undefined)

    const log = await readFile(join(folder, 'postgres.log'), 'utf8')
    expect(log).toContain('ready to accept connections')
    expect(log).not.toContain('canary')
  })

  test('keeps its data over a stop and a start', async ({ folder, start }) => {
    const first = await start()
    await ask(first, 'CREATE TABLE kept AS SELECT 1 AS one')
    await first.stop()
    expect(await running(folder)).toBeNull()

    const second = await start()

    expect(second.adopted).toBe(false)
    expect(await ask(second, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
  })

  test('is adopted when the process that started it was killed', async ({
    folder,
    start,
    another,
  }) => {
    const killed = await another()
    expect(await killed.says()).toBe('started')
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')

    const server = await start()

    expect(server.adopted).toBe(true)
    expect(await ask(server, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 1 }])
    await server.stop()
    expect(await running(folder)).toBeNull()
  })

  test('recovers when it was killed together with its user', async ({ folder, start, another }) => {
    const killed = await another()
    await killed.says()
    const pid = (await running(folder)) ?? 0
    killed.child.kill('SIGKILL')
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => isAlive(pid)).toBe(false)

    const server = await start()

    expect(server.adopted).toBe(false)
    expect(await ask(server, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 1 }])
  })

  test('is made once by two first starts at the same time, and lives until both are done', async ({
    folder,
    another,
  }) => {
    const users = await Promise.all([another(), another()])

    const answers = await Promise.all(users.map(({ says }) => says()))
    expect(answers.toSorted()).toEqual(['adopted', 'started'])

    const starter = users[answers.indexOf('started')]
    const adopter = users[answers.indexOf('adopted')]
    starter?.child.kill('SIGINT')
    expect(await starter?.says()).toBe('drained')
    expect(await running(folder)).not.toBeNull()
    adopter?.child.kill('SIGINT')
    expect(await adopter?.says()).toBe('drained')
    expect(await running(folder)).toBeNull()
  })

  test('stays up when a command that adopted it is done', async ({ folder, start, another }) => {
    const user = await another()
    await user.says()

    const command = await start()
    expect(command.adopted).toBe(true)
    await command.stop()

    expect(await running(folder)).not.toBeNull()
    user.child.kill('SIGINT')
    expect(await user.says()).toBe('drained')
  })

  test('is spared by the Ctrl-C that its user drains after', async ({ folder, another }) => {
    const user = await another()
    await user.says()

    process.kill(-(user.child.pid ?? 0), 'SIGINT')

    expect(await user.says()).toBe('drained')
    expect(await running(folder)).toBeNull()
  })

  test('is started again when it dies under its user', async ({ folder, start }) => {
    const server = await start()
    const pid = (await running(folder)) ?? 0

    process.kill(pid, 'SIGKILL')

    await expect(async () => {
      expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
      expect(await running(folder)).not.toBe(pid)
    }).toPass()
  })

  test('starts although its old number has passed to another program', async ({
    folder,
    start,
  }) => {
    const first = await start()
    await first.stop()
    const file = join(folder, 'postgres', 'postmaster.pid')
    await writeFile(file, `${process.pid}\n${folder}/postgres\n`)
    await utimes(file, new Date('2026-01-01'), new Date('2026-01-01'))

    const server = await start()

    expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(isAlive(process.pid)).toBe(true)
  })

  test('finds a shorter place for its socket when the folder lies deep', async ({ folder }) => {
    const deep = join(folder, 'a'.repeat(100))
    await mkdir(deep)

    const server = await startEmbedded({ dataFolder: deep, log: QUIET })

    expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await server.stop()
    const socketFolder = /host=(.*)$/.exec(decodeURIComponent(server.url.reveal()))?.[1] ?? ''
    expect((await stat(socketFolder)).mode & 0o777).toBe(0o700)
    await rm(socketFolder, { recursive: true })
  })

  test('says why it cannot start', async ({ folder }) => {
    const settings = { shared_buffers: 'a lot' }

    const starting = startEmbedded({ dataFolder: folder, log: QUIET, settings })

    await expect(starting).rejects.toThrow('shared_buffers')
    expect(await running(folder)).toBeNull()
  })
})
