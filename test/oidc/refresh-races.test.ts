import { decodeJwt } from 'jose'
import type { Client } from '../../src/clients/client.ts'
import type { User } from '../../src/users/user.ts'
import type { Workspace } from '../../src/workspaces/workspace.ts'
import { introspect, type Party, refresh, signIn } from '../support/relying-party.ts'
import {
  type Browser,
  type Cluster,
  expect,
  type Given,
  clusterTest as test,
} from '../support/world.ts'

const PUBLIC = { token_endpoint_auth_method: 'none' }

/** A person who is signed in to one client through one browser. */
async function signedIn(cluster: Cluster, given: Given, metadata: object = {}) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  const client = await given.client(metadata)
  await given.consent(user, workspace, client)
  const browser = await given.browser(user)
  const party = partyOf(cluster, client)
  const { body } = await signIn(party, browser)
  return { user, workspace, client, browser, party, tokens: tokensOf(body) }
}

function partyOf({ issuer }: Cluster, client: Client & { readonly secret: string | null }): Party {
  return { issuer, clientId: client.clientId, secret: client.secret }
}

function tokensOf(body: Record<string, unknown>) {
  return {
    access: String(body.access_token),
    refresh: String(body.refresh_token),
    sid: String(decodeJwt(String(body.id_token)).sid),
  }
}

/** Sends each request to one of the two processes in turn, all at once. */
function scattered<T>(
  cluster: Cluster,
  party: Party,
  count: number,
  ask: (party: Party) => Promise<T>,
) {
  const parties = cluster.nodes.map((via) => ({ ...party, via }))
  return Promise.all(Array.from({ length: count }, (_, at) => ask(parties[at % 2]!)))
}

async function secondSession(
  cluster: Cluster,
  given: Given,
  who: { user: User; browser: Browser },
) {
  const workspace: Workspace = await given.workspace(who.user)
  const client = await given.client(PUBLIC)
  await given.consent(who.user, workspace, client)
  const party = partyOf(cluster, client)
  const { body } = await signIn(party, who.browser, { workspace: workspace.slug })
  return { party, tokens: tokensOf(body) }
}

test.describe('refreshing at once', () => {
  for (const [kind, metadata] of [
    ['confidential', {}],
    ['public', PUBLIC],
  ] as const) {
    test(`50 times with one token of a ${kind} client gives 50 times the same successor`, async ({
      cluster,
      given,
      database,
    }) => {
      const { party, tokens } = await signedIn(cluster, given, metadata)

      const answers = await scattered(cluster, party, 50, (to) => refresh(to, tokens.refresh))

      expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
      const successors = new Set(answers.map(({ body }) => body.refresh_token))
      expect(successors.size).toBe(1)
      const { rows } = await database.pool.query('SELECT generation FROM family')
      expect(rows).toEqual([{ generation: 1 }])
      const [successor] = successors
      expect((await refresh(party, String(successor))).status).toBe(200)
    })
  }

  test('in two tabs, each with a code of its own, never logs either out', async ({
    cluster,
    given,
  }) => {
    const { party, browser, tokens } = await signedIn(cluster, given, PUBLIC)
    const other = tokensOf((await signIn(party, browser)).body)
    expect(other.sid).toBe(tokens.sid)

    const tabs = [tokens.refresh, other.refresh]
    const statuses: number[] = []
    for (let turn = 0; turn < 40; turn++) {
      const via = cluster.nodes[turn % 3 === 0 ? 0 : 1]
      const answer = await refresh({ ...party, via }, tabs[turn % 2]!)
      statuses.push(answer.status)
      tabs[turn % 2] = String(answer.body.refresh_token)
    }
    expect(statuses).toEqual(Array(40).fill(200))
  })
})

test.describe('a refresh token that was replaced', () => {
  test('of a public client, used by many after the window, ends exactly its session', async ({
    cluster,
    given,
    database,
    pass,
  }) => {
    const { user, browser, party, tokens } = await signedIn(cluster, given, PUBLIC)
    const sameLogin = await secondSession(cluster, given, { user, browser })
    const otherLogin = await secondSession(cluster, given, {
      user,
      browser: await given.browser(user),
    })
    await refresh(party, tokens.refresh)
    await pass('31s')

    const replays = await scattered(cluster, party, 100, (to) => refresh(to, tokens.refresh))

    expect(replays.filter(({ status }) => status === 200)).toEqual([])
    expect(new Set(replays.map(({ body }) => body.error))).toEqual(new Set(['invalid_grant']))
    const ended = await database.pool.query(
      'SELECT end_cause FROM session WHERE ended_at IS NOT NULL',
    )
    expect(ended.rows).toEqual([{ end_cause: 'reuse' }])
    const entries = await database.pool.query(
      "SELECT detail->>'cause' AS cause, context_sealed IS NOT NULL AS told_from_where FROM entry WHERE action = 'session.ended'",
    )
    expect(entries.rows).toEqual([{ cause: 'reuse', told_from_where: true }])
    expect((await introspect(await confidential(cluster, given), tokens.access)).body.active).toBe(
      false,
    )
    for (const live of [sameLogin, otherLogin])
      expect((await refresh(live.party, live.tokens.refresh)).status).toBe(200)
  })

  test('of a confidential client is good until its successor is presented, then it is reuse', async ({
    cluster,
    given,
    database,
    pass,
  }) => {
    const { party, tokens } = await signedIn(cluster, given)
    const first = await refresh(party, tokens.refresh)
    await pass('1h')
    await database.pool.query(
      'UPDATE session SET last_seen_at = now(); UPDATE login SET last_seen_at = now()',
    )
    const again = await refresh(party, tokens.refresh)
    expect(again.status).toBe(200)
    expect(again.body.refresh_token).toBe(first.body.refresh_token)

    expect((await refresh(party, String(first.body.refresh_token))).status).toBe(200)
    const replays = await scattered(cluster, party, 100, (to) => refresh(to, tokens.refresh))

    expect(replays.filter(({ status }) => status === 200)).toEqual([])
    const ended = await database.pool.query(
      'SELECT end_cause FROM session WHERE ended_at IS NOT NULL',
    )
    expect(ended.rows).toEqual([{ end_cause: 'reuse' }])
  })

  test('does nothing in the hands of another client', async ({
    cluster,
    given,
    database,
    pass,
  }) => {
    const { party, tokens } = await signedIn(cluster, given, PUBLIC)
    const next = await refresh(party, tokens.refresh)
    await pass('31s')
    const stranger = partyOf(cluster, await given.client(PUBLIC))

    expect((await refresh(stranger, tokens.refresh)).status).toBe(400)

    const ended = await database.pool.query('SELECT id FROM session WHERE ended_at IS NOT NULL')
    expect(ended.rows).toEqual([])
    expect((await refresh(party, String(next.body.refresh_token))).status).toBe(200)
  })

  test('of a public client is refused on another device inside the window, and ends nothing', async ({
    cluster,
    given,
    database,
  }) => {
    const { party, tokens } = await signedIn(cluster, given, PUBLIC)
    await refresh(party, tokens.refresh, {}, { 'user-agent': 'Mine/1' })

    const elsewhere = await refresh(party, tokens.refresh, {}, { 'user-agent': 'Thief/1' })
    const here = await refresh(party, tokens.refresh, {}, { 'user-agent': 'Mine/1' })

    expect(elsewhere.body.error).toBe('invalid_grant')
    expect(here.status).toBe(200)
    const told = await database.pool.query(
      "SELECT 1 FROM entry WHERE action = 'family.presented_elsewhere'",
    )
    expect(told.rows).toHaveLength(1)
    expect(
      (await database.pool.query('SELECT 1 FROM session WHERE ended_at IS NOT NULL')).rows,
    ).toEqual([])
  })
})

test.describe('a refresh that fails', () => {
  test('for a forbidden resource leaves its token as good as it was', async ({
    cluster,
    given,
    database,
    pass,
  }) => {
    const { party, tokens } = await signedIn(cluster, given, PUBLIC)

    const refused = await refresh(party, tokens.refresh, { resource: 'https://nowhere.example/' })
    expect(refused.body.error).toBe('invalid_target')
    await pass('2h')
    await database.pool.query(
      'UPDATE session SET last_seen_at = now(); UPDATE login SET last_seen_at = now()',
    )

    expect((await refresh(party, tokens.refresh)).status).toBe(200)
  })

  test('because the row is older than the token is refused and ends nothing', async ({
    cluster,
    given,
    database,
  }) => {
    const { party, tokens } = await signedIn(cluster, given)
    const { body } = await refresh(party, tokens.refresh)
    await database.pool.query('UPDATE family SET generation = 0')

    expect((await refresh(party, String(body.refresh_token))).body.error).toBe('invalid_grant')
    expect(
      (await database.pool.query('SELECT 1 FROM session WHERE ended_at IS NOT NULL')).rows,
    ).toEqual([])
  })
})

async function confidential(cluster: Cluster, given: Given): Promise<Party> {
  return partyOf(cluster, await given.client())
}
