import { covers } from '../../src/consent/consent.ts'
import { consentsOf, findConsent } from '../../src/consent/find-consent.ts'
import { recordConsent } from '../../src/consent/record-consent.ts'
import { withdrawConsent } from '../../src/consent/withdraw-consent.ts'
import { openDatabase } from '../../src/database/database.ts'
import { type ClientId, newId, type UserId, type WorkspaceId } from '../../src/ids.ts'
import { test as base, expect } from '../support/database.ts'
import { QUIET, SMALL } from '../support/database-address.ts'

const API = 'https://api.example.com/'

interface Key {
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
  readonly clientId: ClientId
}

const test = base.extend<{ key: Key }>({
  key: async ({ database: { pool } }, use) => {
    const key: Key = { userId: newId(), workspaceId: newId(), clientId: newId() }
    await pool.query(`INSERT INTO "user" (id, username) VALUES ($1, 'anna')`, [key.userId])
    await pool.query(`INSERT INTO workspace (id, slug, name) VALUES ($1, 'acme', 'Acme')`, [
      key.workspaceId,
    ])
    await use(key)
  },
})

function saying({ userId, ...place }: Key, openid: string[], resources = {}) {
  const by = { kind: 'user', id: userId } as const
  return { userId, ...place, scopes: { openid, resources }, by }
}

test.describe('a yes', () => {
  test('stands, and is written down', async ({ database: { db, pool }, key }) => {
    const consent = await recordConsent(db, saying(key, ['openid', 'email'], { [API]: ['read'] }))

    expect(consent).toMatchObject({
      ...key,
      scopes: { openid: ['email', 'openid'], resources: { [API]: ['read'] } },
    })
    expect(await findConsent(db, key)).toEqual(consent)
    const { rows } = await pool.query('SELECT * FROM entry')
    expect(rows).toMatchObject([
      {
        action: 'consent.granted',
        actor_kind: 'user',
        actor_id: key.userId,
        subject_id: consent.id,
        workspace_id: key.workspaceId,
      },
    ])
  })

  test('adds to an earlier one and takes nothing away', async ({ database: { db }, key }) => {
    const first = await recordConsent(db, saying(key, ['openid', 'email'], { [API]: ['read'] }))
    const both = await recordConsent(
      db,
      saying(key, ['openid', 'phone'], { [API]: ['write'], 'urn:x': [] }),
    )

    expect(both.id).toBe(first.id)
    expect(both.scopes.openid).toEqual(['email', 'openid', 'phone'])
    expect(both.scopes.resources['urn:x']).toEqual([])
    expect([...(both.scopes.resources[API] ?? [])].sort()).toEqual(['read', 'write'])
    expect(both.grantedAt.getTime()).toBeGreaterThan(first.grantedAt.getTime())
  })

  test('loses nothing among many at once, on two servers', async ({ database, key }) => {
    const other = openDatabase({ ...SMALL, url: database.url }, QUIET)
    const scopes = Array.from({ length: 20 }, (_, at) => `scope${at}`)

    await Promise.all(
      scopes.map((scope, at) =>
        recordConsent(at % 2 ? database.db : other.db, saying(key, [scope])),
      ),
    )
    await other.close()

    const consents = await consentsOf(database.db, key.userId)
    expect(consents).toHaveLength(1)
    expect(covers(consents[0] ?? null, { openid: scopes, resources: {} })).toBe(true)
  })

  test('counts in its workspace and for its client alone', async ({ database: { db }, key }) => {
    await recordConsent(db, saying(key, ['openid']))

    expect(await findConsent(db, { ...key, workspaceId: newId() })).toBeNull()
    expect(await findConsent(db, { ...key, clientId: newId() })).toBeNull()
    expect(await findConsent(db, { ...key, userId: newId() })).toBeNull()
  })
})

test.describe('taking a yes back', () => {
  test('leaves none standing, and tells what it was', async ({ database: { db, pool }, key }) => {
    const given = await recordConsent(db, saying(key, ['openid', 'email']))
    const { by } = saying(key, [])

    const taken = await withdrawConsent(db, { id: given.id, userId: key.userId, by })

    expect(taken).toEqual(given)
    expect(await findConsent(db, key)).toBeNull()
    expect(await consentsOf(db, key.userId)).toEqual([])
    const { rows } = await pool.query(
      "SELECT subject_id FROM entry WHERE action = 'consent.withdrawn'",
    )
    expect(rows).toEqual([{ subject_id: given.id }])
  })

  test('is done once by one of many', async ({ database: { db }, key }) => {
    const { id } = await recordConsent(db, saying(key, ['openid']))
    const withdrawal = { id, userId: key.userId, by: saying(key, []).by }

    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => withdrawConsent(db, withdrawal)),
    )

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('not_found')
  })

  test('is nobody else’s to do', async ({ database: { db }, key }) => {
    const { id } = await recordConsent(db, saying(key, ['openid']))

    await expect(
      withdrawConsent(db, { id, userId: newId(), by: { kind: 'operator' } }),
    ).rejects.toMatchObject({ code: 'not_found' })
    expect(await findConsent(db, key)).not.toBeNull()
  })

  test('makes the next yes begin anew', async ({ database: { db }, key }) => {
    const first = await recordConsent(db, saying(key, ['openid', 'email']))
    await withdrawConsent(db, { id: first.id, userId: key.userId, by: saying(key, []).by })

    const next = await recordConsent(db, saying(key, ['openid']))

    expect(next.id).not.toBe(first.id)
    expect(next.scopes.openid).toEqual(['openid'])
  })
})
