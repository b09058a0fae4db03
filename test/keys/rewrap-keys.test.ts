import { localRootKeys, type RootKeys } from '../../src/crypto/root-key.ts'
import type { Db } from '../../src/database/transaction.ts'
import { createAuditKeys } from '../../src/keys/audit-keys.ts'
import { loadServerKeys } from '../../src/keys/data-keys.ts'
import { keyStatus } from '../../src/keys/key-status.ts'
import { rewrapAll } from '../../src/keys/rewrap-keys.ts'
import { noteRootVersion, rootAge } from '../../src/keys/root-age.ts'
import { rotateNow, rotateSigningKeys } from '../../src/keys/signing-keys.ts'
import { expect, test } from '../support/database.ts'
import {
  DAY,
  givenLogin,
  givenSession,
  givenWorkspace,
  INCARNATION,
  keyringOver,
  NEW_ROOT,
  OLD_ROOT,
  openTransaction,
  ROOT,
} from './given.ts'

const BOTH = localRootKeys([NEW_ROOT, OLD_ROOT])
const NEW = localRootKeys([NEW_ROOT])
const AUDITED = { workspaceId: null, at: new Date('2026-01-15T00:00:00Z') }

/** One key of each kind that the old root version wraps, and what opens with them. */
async function givenKeys(db: Db) {
  const keyring = keyringOver(db)
  const session = await givenSession(db, keyring, await givenWorkspace(db))
  const login = await givenLogin(db, keyring)
  const serverKeys = await loadServerKeys({ db, rootKeys: ROOT, incarnation: INCARNATION })
  const sealed = await createAuditKeys({ rootKeys: ROOT }).seal(db, AUDITED, { mark: 1 })
  return { keyring, session, login, serverKeys, sealed }
}

test.describe('wrapping everything anew', () => {
  test('leaves every key readable by the new version alone', async ({ database: { db } }) => {
    const { keyring, session, login, serverKeys, sealed } = await givenKeys(db)
    const { rewrapped, unreadable } = await rewrapAll({ db, rootKeys: BOTH })
    expect({ rewrapped, unreadable }).toEqual({ rewrapped: 5, unreadable: [] })

    const after = keyringOver(db, { rootKeys: NEW })
    const row = await db.prisma.login.findUniqueOrThrow({ where: { id: login.loginId } })
    const loginRow = { ...login, rootVersion: row.rootVersion, wrapped: row.secretWrapped }
    const loaded = await loadServerKeys({ db, rootKeys: NEW, incarnation: INCARNATION })

    expect(await after.sessionSecret(session)).toEqual(await keyring.sessionSecret(session))
    expect(await after.loginSecret(loginRow)).toEqual(await keyring.loginSecret(login))
    expect(loaded.lookupHash('code', 'x')).toEqual(serverKeys.lookupHash('code', 'x'))
    expect(await createAuditKeys({ rootKeys: NEW }).open(db, sealed)).toEqual({ mark: 1 })
  })

  test('has nothing to do a second time', async ({ database: { db } }) => {
    await givenKeys(db)
    await rewrapAll({ db, rootKeys: BOTH })
    expect((await rewrapAll({ db, rootKeys: BOTH })).rewrapped).toBe(0)
  })

  test('goes on where it was interrupted, all readable meanwhile', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const rows = []
    for (let i = 0; i < 7; i++) rows.push(await givenSession(db, keyring, await givenWorkspace(db)))

    const interrupted = rewrapAll({ db, rootKeys: failingAfter(BOTH, 5) }, { batch: 2 })
    await expect(interrupted).rejects.toThrow()

    const half = keyringOver(db, { rootKeys: BOTH })
    for (const row of rows)
      expect(await half.sessionSecret(row)).toEqual(await keyring.sessionSecret(row))
    expect((await rewrapAll({ db, rootKeys: BOTH }, { batch: 2 })).rewrapped).toBe(3)
  })

  test('stops when its time is up, and says so', async ({ database: { db } }) => {
    await givenKeys(db)
    const stopped = await rewrapAll({ db, rootKeys: BOTH }, { patience: 0 })
    expect(stopped).toEqual({ rewrapped: 0, isDone: false, unreadable: [] })
  })

  test('may run twice at once', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const rows = []
    for (let i = 0; i < 10; i++)
      rows.push(await givenSession(db, keyring, await givenWorkspace(db)))

    const both = { db, rootKeys: BOTH }
    const runs = await Promise.all([rewrapAll(both, { batch: 1 }), rewrapAll(both, { batch: 1 })])

    expect(runs[0].rewrapped + runs[1].rewrapped).toBe(10)
    const after = keyringOver(db, { rootKeys: NEW })
    for (const row of rows)
      expect(await after.sessionSecret(row)).toEqual(await keyring.sessionSecret(row))
  })

  test('waits for a row that is held, and never revives a key destroyed meanwhile', async ({
    database: { db },
  }) => {
    const { loginId } = await givenLogin(db, keyringOver(db))
    const END = {
      name: 'test_end_login',
      text: 'UPDATE login SET secret_wrapped = NULL, ended_at = now() WHERE id = $1',
    }
    const ending = openTransaction(db, (tx) => tx.execute(END, [loginId]))
    await ending.done
    const rewrapping = rewrapAll({ db, rootKeys: BOTH })
    await ending.commit()

    expect((await rewrapping).rewrapped).toBe(0)
    const row = await db.prisma.login.findUniqueOrThrow({ where: { id: loginId } })
    expect(row.secretWrapped).toBeNull()
  })

  test('is not held up by the creation of a session', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const workspaceId = await givenWorkspace(db)
    await givenSession(db, keyring, workspaceId)
    const creating = openTransaction(db, (tx) =>
      keyring.createSessionSecret(tx, { sessionId: INCARNATION, workspaceId }),
    )
    await creating.done

    expect((await rewrapAll({ db, rootKeys: BOTH })).rewrapped).toBe(1)
    await creating.commit()
  })

  test('tells of keys whose version is not at hand, and wraps the others', async ({
    database: { db },
  }) => {
    await givenLogin(db, keyringOver(db))
    const lost = localRootKeys([{ secret: Buffer.alloc(32, 9) }])
    await givenLogin(db, keyringOver(db, { rootKeys: lost }))

    expect(await rewrapAll({ db, rootKeys: BOTH })).toEqual({
      rewrapped: 1,
      isDone: true,
      unreadable: [{ table: 'login', version: lost.currentVersion, keys: 1 }],
    })
  })
})

test.describe('the status of the keys', () => {
  test('counts what each root version still wraps, until none is left', async ({
    database: { db },
  }) => {
    await givenKeys(db)
    const before = await keyStatus(db, BOTH)
    await rewrapAll({ db, rootKeys: BOTH })
    const after = await keyStatus(db, BOTH)
    const all = { server_key: 2, epoch_key: 1, login: 1, audit_key: 1 }

    expect(before.rootVersions.map(({ isCurrent, keys }) => [isCurrent, keys])).toEqual([
      [true, {}],
      [false, all],
    ])
    expect(after.rootVersions.map(({ isCurrent, keys }) => [isCurrent, keys])).toEqual([
      [true, all],
      [false, {}],
    ])
  })

  test('names the oldest backup that can still be read', async ({ database: { db } }) => {
    const unknown = localRootKeys([NEW_ROOT, { secret: OLD_ROOT.secret }])

    expect((await keyStatus(db, BOTH)).oldestReadableBackup).toEqual(
      new Date('2026-01-01T00:00:00Z'),
    )
    expect((await keyStatus(db, NEW)).oldestReadableBackup).toEqual(
      new Date('2026-02-01T00:00:00Z'),
    )
    expect((await keyStatus(db, unknown)).oldestReadableBackup).toBeNull()
  })

  test('knows the age of a version that has no birthday by its first use', async ({
    database: { db },
  }) => {
    const secret = localRootKeys([{ secret: OLD_ROOT.secret }])
    await noteRootVersion({ db, rootKeys: secret }, { kind: 'system' })
    const { usedSince } = await rootAge({ db, rootKeys: secret }, DAY)
    expect((await keyStatus(db, secret)).oldestReadableBackup).toEqual(usedSince)
  })

  test('shows a version that is needed and missing', async ({ database: { db } }) => {
    await givenKeys(db)
    const { rootVersions } = await keyStatus(db, NEW)

    expect(rootVersions.find(({ isHeld }) => !isHeld)).toMatchObject({
      version: ROOT.currentVersion,
      createdAt: null,
      keys: { login: 1 },
    })
  })

  test('counts epochs and tells the state of signing keys', async ({ database: { db }, pass }) => {
    const { serverKeys } = await givenKeys(db)
    const policy = { rotation: DAY, jwksMaxAge: 300, maxTokenLifetime: 3600, margin: 60 }
    const rotation = { algs: ['ES256'], policy } as const
    await rotateSigningKeys({ db, serverKeys }, rotation)
    await rotateNow({ db, serverKeys }, rotation)
    await pass('10m')
    await rotateNow({ db, serverKeys }, rotation)

    const status = await keyStatus(db, ROOT)
    expect(status.epochs).toEqual({ current: 1, retired: 0, destroyed: 0 })
    expect(status.signingKeys.map(({ state }) => state)).toEqual(['retired', 'active', 'announced'])
  })
})

function failingAfter(inner: RootKeys, calls: number): RootKeys {
  let left = calls
  return {
    ...inner,
    wrap: (...args) => {
      left -= 1
      return left < 0 ? Promise.reject(new Error('the KMS is away')) : inner.wrap(...args)
    },
  }
}
