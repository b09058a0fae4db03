import type { LimitAction } from '../../../src/decisions/concurrency.ts'
import { setPolicy } from '../../../src/decisions/set-policy.ts'
import { formatId, type WorkspaceId } from '../../../src/ids.ts'
import { createUser } from '../../../src/users/create-user.ts'
import { serviceIn } from '../../http/api/stage.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { authorize, type Party, send } from '../../support/relying-party.ts'
import {
  test as base,
  type Cluster,
  type Given,
  givenOn,
  startCluster,
} from '../../support/world.ts'
import { expect } from '../stage.ts'

const PASSWORD = 'a long and honest passphrase'
const by = { kind: 'operator' } as const

interface House extends Cluster {
  readonly database: TestDatabase
}

/** Two processes that let each person be in three places at a time. */
const test = base.extend<{ given: Given }, { house: House }>({
  house: [
    async ({}, use) => {
      const database = await createTestDatabase()
      const cluster = await startCluster(database, {
        SOJOURN_SESSION_MANAGER_SECURITY_SESSION_POLICIES_MAX_CONCURRENT_SESSIONS: '3',
        // They all come from one address, and would wait in one line.
        SOJOURN_PASSWORDS_MAX_CONCURRENT_HASHES: '8',
        SOJOURN_THROTTLE_PER_ADDRESS_POINTS: '100000',
        SOJOURN_THROTTLE_PER_USER_POINTS: '100000',
      })
      await use({ ...cluster, database })
      await cluster.close()
      await database.drop()
    },
    { scope: 'worker' },
  ],
  given: async ({ house }, use) => use(givenOn(house)),
})

const at = (house: House, index: number): Pick<Party, 'issuer' | 'via'> => ({
  issuer: house.issuer,
  via: house.nodes[index % 2]!,
})

/** Opens the login page of a person's own page in a browser of its own; what comes back posts the form. */
async function atTheLoginPage(to: Pick<Party, 'issuer' | 'via'>, username: string) {
  const page = await send(to, { method: 'GET', path: '/login', headers: { accept: 'text/html' } })
  const cookie = (page.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ')
  const [, csrf = ''] = /name="csrf" value="([^"]*)"/.exec(page.text) ?? []
  const body = String(new URLSearchParams({ csrf, username, password: PASSWORD }))
  const type = 'application/x-www-form-urlencoded'
  return () =>
    send(to, {
      method: 'POST',
      path: '/login',
      headers: { cookie, origin: to.issuer, 'content-type': type, accept: 'text/html' },
      body,
    })
}

async function liveOf({ database }: House, userId: string) {
  const { rows } = await database.pool.query(LIVE, [userId])
  return rows[0]
}

const LIVE = `SELECT
  (SELECT count(*)::int FROM login WHERE user_id = $1 AND ended_at IS NULL) AS logins,
  (SELECT count(*)::int FROM session WHERE user_id = $1 AND ended_at IS NULL) AS sessions,
  (SELECT count(*)::int FROM login WHERE user_id = $1 AND end_cause = 'evicted') AS evicted`

test.describe('under a limit of three', () => {
  test('200 people at once who log in as one leave exactly three logins', async ({ house }) => {
    const username = 'everywhere'
    const user = await createUser(house.services, { username, password: PASSWORD, by })
    const forms = await Promise.all(
      Array.from({ length: 200 }, (_, index) => atTheLoginPage(at(house, index), username)),
    )
    const answers = await Promise.all(forms.map((post) => post()))

    // Whose login made room for the next before it had its cookie hears that it has ended.
    for (const { status } of answers) expect([303, 401]).toContain(status)
    expect(await liveOf(house, user.id)).toEqual({ logins: 3, sessions: 0, evicted: 197 })
  })

  test('200 sessions made at once leave exactly three, logins among them', async ({
    house,
    given,
  }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const { loginId } = await given.browser(user)
    const { token } = await serviceIn({ node: house, given }, [workspace])
    const make = (index: number) =>
      send(at(house, index), {
        method: 'POST',
        path: '/api/v1/sessions',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ user_id: formatId('usr', user.id) }),
      })
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => make(index)))

    // Who was made and made room for the next before it was answered hears that it has ended.
    for (const { status } of answers) expect([201, 410]).toContain(status)
    expect(await liveOf(house, user.id)).toEqual({ logins: 0, sessions: 3, evicted: 1 })
    const { rows } = await house.database.pool.query(CAUSE, [loginId])
    expect(rows).toEqual([{ end_cause: 'evicted' }])
  })
})

const CAUSE = 'SELECT end_cause FROM login WHERE id = $1'

test.describe('under a limit of three for a workspace', () => {
  const people = async (house: House, given: Given, action: LimitAction) => {
    const users = await Promise.all(Array.from({ length: 24 }, () => given.user()))
    const workspace = await given.workspace(...users)
    const client = await given.client()
    await Promise.all(users.map((user) => given.consent(user, workspace, client)))
    const rules = { concurrent: { perWorkspace: { max: 3, onReaching: action } } }
    const policy = { level: 'workspace', subject: workspace.id, rules } as const
    await setPolicy(house.services.db, { policy, workspaceId: null, by })
    const { token } = await serviceIn({ node: house, given }, [workspace])
    for (const index of [0, 1])
      await expect
        .poll(() => limitsAt(at(house, index), workspace.id, token), { timeout: 30_000 })
        .toBe(2)
    const party = { issuer: house.issuer, clientId: client.clientId, secret: client.secret }
    const browsers = await Promise.all(users.map((user) => given.browser(user)))
    const enter = async (index: number) => {
      const to = { ...party, ...at(house, index) }
      const { params } = await authorize(to, browsers[index]!, { prompt: 'none' })
      return params.get('error') ?? (params.has('code') ? 'code' : 'neither')
    }
    return { workspace, enterAll: () => Promise.all(browsers.map((_, index) => enter(index))) }
  }
  const live = async ({ database }: House, workspaceId: string) =>
    (await database.pool.query(LIVE_IN, [workspaceId])).rows[0]

  test('24 browsers that enter it at once leave three where the oldest goes', async ({
    house,
    given,
  }) => {
    const { workspace, enterAll } = await people(house, given, 'evict_oldest')
    expect(new Set(await enterAll())).toEqual(new Set(['code']))
    expect(await live(house, workspace.id)).toEqual({ live: 3, made: 24 })
  })

  test('and three of them get in where all others are denied', async ({ house, given }) => {
    const { workspace, enterAll } = await people(house, given, 'deny')
    const answers = await enterAll()
    expect(answers.filter((answer) => answer === 'code')).toHaveLength(3)
    expect(answers.filter((answer) => answer === 'access_denied')).toHaveLength(21)
    expect(await live(house, workspace.id)).toEqual({ live: 3, made: 3 })
  })
})

/** How many limits a node knows of; it looks for new ones every few seconds. */
async function limitsAt(to: Pick<Party, 'issuer' | 'via'>, workspaceId: string, token: string) {
  const path = `/api/v1/policies/explain?workspace=${formatId('wsp', workspaceId as WorkspaceId)}`
  const headers = { authorization: `Bearer ${token}` }
  const { text } = await send(to, { method: 'GET', path, headers })
  return JSON.parse(text).concurrent_sessions.length
}

test.afterEach(async ({ house }) => {
  const { rows } = await house.database.pool.query(DEADLOCKS)
  expect(rows).toEqual([{ deadlocks: '0' }])
})

const DEADLOCKS = 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'

const LIVE_IN = `SELECT count(*) FILTER (WHERE ended_at IS NULL)::int AS live, count(*)::int AS made
  FROM session WHERE workspace_id = $1`
