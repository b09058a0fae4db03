import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../src/log.ts'
import { type Core, createCore } from '../../src/services/core.ts'
import { createRootCare } from '../../src/services/root-rotation.ts'
import { test as base, expect } from '../support/database.ts'
import { testConfig } from '../support/server.ts'

interface Installation {
  /** One more node on the same database and the same root key. */
  node(by?: 'server' | 'operator'): Promise<Core>
  readonly file: string
  readonly logged: Record<string, unknown>[]
}

const test = base.extend<{ installation: Installation }>({
  installation: async ({ database }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-root-care-'))
    const file = join(folder, 'root-key')
    const logged: Record<string, unknown>[] = []
    const log = createLog('info', { write: (line) => logged.push(JSON.parse(line)) })
    const node = (by = 'server') =>
      createCore(
        testConfig({ SOJOURN_ROOT_KEY_FILE: file, SOJOURN_KEYS_ROOT_ROTATION_BY: by }),
        log,
        {
          ...database,
          close: async () => undefined,
        },
      )
    await use({ node, file, logged })
    await rm(folder, { recursive: true })
  },
})

async function versionsOf({ rootKeys }: Core): Promise<number> {
  await rootKeys.refresh()
  return rootKeys.versions().length
}

/** The tables whose keys are not all wrapped by the current version. */
async function leftBehind({ db, rootKeys }: Core): Promise<number> {
  const current = { not: rootKeys.currentVersion }
  const counts = [
    await db.prisma.serverKey.count({ where: { rootVersion: current } }),
    await db.prisma.auditKey.count({ where: { rootVersion: current } }),
  ]
  return counts.reduce((sum, count) => sum + count, 0)
}

test.describe('a root key that the server may replace', () => {
  test('stays until it is due', async ({ installation, pass }) => {
    const node = await installation.node()
    await pass('29d')
    await createRootCare(node).look()
    expect(await versionsOf(node)).toBe(1)
  })

  test('is replaced when it is due, for every node and every key', async ({
    installation,
    database,
    pass,
  }) => {
    const [one, other] = [await installation.node(), await installation.node()]
    const before = one.rootKeys.currentVersion
    await pass('30d')
    await createRootCare(one).look()

    expect(one.rootKeys.currentVersion).not.toBe(before)
    expect(await leftBehind(one)).toBe(0)
    expect(await versionsOf(other)).toBe(2)
    expect(other.rootKeys.currentVersion).toBe(one.rootKeys.currentVersion)
    const { rows } = await database.pool.query(
      `SELECT subject_id, actor_kind FROM entry WHERE action = 'root_version.introduced' ORDER BY seq`,
    )
    expect(rows).toEqual([
      { subject_id: before, actor_kind: 'system' },
      { subject_id: one.rootKeys.currentVersion, actor_kind: 'system' },
    ])
  })

  test('is replaced once, however often somebody looks', async ({ installation, pass }) => {
    const node = await installation.node()
    await pass('40d')
    const care = createRootCare(node)
    await care.look()
    await care.look()
    expect(await versionsOf(node)).toBe(2)
  })

  test('is followed by keys that were on their way meanwhile', async ({
    installation,
    database,
    pass,
  }) => {
    const node = await installation.node()
    const late = await database.pool.query('SELECT * FROM server_key WHERE purpose = $1', ['data'])
    await pass('40d')
    const care = createRootCare(node)
    await care.look()
    const { id, root_version: version, wrapped } = late.rows[0]
    await database.pool.query(
      'UPDATE server_key SET root_version = $2, wrapped = $3 WHERE id = $1',
      [id, version, wrapped],
    )
    await care.look()
    expect(await leftBehind(node)).toBe(0)
    expect(await versionsOf(node)).toBe(2)
  })
})

test.describe('a root key that is an operator’s to replace', () => {
  test('is only spoken of, once a day, when it is due', async ({ installation, pass }) => {
    const node = await installation.node('operator')
    const text = await readFile(installation.file, 'utf8')
    const care = createRootCare(node)
    await care.look()
    expect(installation.logged).toEqual([])

    await pass('30d')
    await care.look()
    await care.look()
    expect(installation.logged).toMatchObject([
      { level: 40, version: node.rootKeys.currentVersion, dueAt: expect.any(String) },
    ])
    expect(await readFile(installation.file, 'utf8')).toBe(text)
  })

  test('also where it is no file', async ({ database, pass }) => {
    const logged: Record<string, unknown>[] = []
    const log = createLog('info', { write: (line) => logged.push(JSON.parse(line)) })
    const config = testConfig({ SESSION_SECRET_KEY: 'a root key for tests alone' })
    const node = await createCore(config, log, { ...database, close: async () => undefined })
    await pass('30d')
    await createRootCare(node).look()
    expect(logged).toMatchObject([{ level: 40, version: node.rootKeys.currentVersion }])
  })
})

test('a node with another root key leaves no trace of it', async ({ database, installation }) => {
  await installation.node()
  const foreign = createCore(
    testConfig({ SESSION_SECRET_KEY: 'another root key altogether' }),
    createLog('silent'),
    { ...database, close: async () => undefined },
  )
  await expect(foreign).rejects.toMatchObject({ code: 'unavailable' })
  expect((await database.pool.query('SELECT FROM root_version')).rowCount).toBe(1)
})

test('a node that has not looked wraps under the new version all the same', async ({
  installation,
  pass,
}) => {
  const [one, other] = [await installation.node(), await installation.node()]
  await pass('30d')
  await createRootCare(one).look()
  const wrapped = await other.rootKeys.wrap(Buffer.alloc(32, 7), ['place'])
  expect(wrapped.version).toBe(one.rootKeys.currentVersion)
  expect(await one.rootKeys.unwrap(wrapped, ['place'])).toEqual(Buffer.alloc(32, 7))
})
