import { formatId } from '../../../src/ids.ts'
import { addMember } from '../../../src/workspaces/add-member.ts'
import type { Given, Node } from '../../support/world.ts'
import { type Answered, type Api, expect, serviceIn, test } from './stage.ts'

interface House {
  readonly node: Node
  readonly given: Given
}

/** A person in one workspace, a service that is admitted to it, and what the workspace says. */
async function placeWith(house: House, limits: object) {
  const user = await house.given.user()
  const workspace = await house.given.workspace(user)
  const api = await serviceIn(house, [workspace])
  const path = `/workspaces/${formatId('wsp', workspace.id)}/policy`
  const say = (concurrent_sessions: object) =>
    api.call('PUT', path, { rules: { concurrent_sessions } })
  expect((await say(limits)).status).toBe(200)
  const make = (more: object = {}) =>
    api.call('POST', '/sessions', { user_id: formatId('usr', user.id), ...more })
  return { user, workspace, api, say, make }
}

async function liveOf(api: Api): Promise<string[]> {
  const { body } = await api.call('GET', '/sessions')
  return body.sessions.map(({ session_id: id }) => id).toReversed()
}

const idOf = ({ body }: Answered) => body.session.session_id

test.describe('a limit on the sessions of a person in a workspace', () => {
  test('ends the oldest for the newest', async ({ node, given }) => {
    const { api, make } = await placeWith(
      { node, given },
      { per_user: { max: 2, on_reaching: 'evict_oldest' } },
    )
    const [first, second, third] = [await make(), await make(), await make()]

    expect(third.status).toBe(201)
    expect(second.body.evicted).toEqual([])
    expect(third.body.evicted).toEqual([idOf(first)])
    expect(await liveOf(api)).toEqual([idOf(second), idOf(third)])
    const token = first.body.session_token
    const { body } = await api.call('POST', '/sessions/validation', { session_token: token })
    expect(body).toMatchObject({ is_valid: false, end_cause: 'evicted' })
  })

  test('ends the one used least lately', async ({ node, given, pass }) => {
    const { api, make } = await placeWith(
      { node, given },
      { per_user: { max: 2, on_reaching: 'evict_least_recently_used' } },
    )
    const [first, second] = [await make(), await make()]
    await pass('1m')
    await api.call('POST', '/sessions/validation', { session_token: first.body.session_token })
    await node.services.activity.flush()

    expect((await make()).body.evicted).toEqual([idOf(second)])
  })

  test('ends the lowest priority, and denies whoever would be the lowest', async ({
    node,
    given,
  }) => {
    const { api, make } = await placeWith(
      { node, given },
      { per_user: { max: 2, on_reaching: 'evict_lowest_priority' } },
    )
    const high = await make({ priority: 10 })
    const low = await make({ priority: 5 })
    const lower = await make({ priority: 4 })
    expect(lower).toMatchObject({
      status: 409,
      body: { code: 'limit_reached', count: 2, max: 2, priority_needed: 5 },
    })
    expect(await liveOf(api)).toEqual([idOf(high), idOf(low)])

    const equal = await make({ priority: 5 })
    expect(equal.body.evicted).toEqual([idOf(low)])
    expect((await make({ priority: 6 })).body.evicted).toEqual([idOf(equal)])
  })

  test('denies, and says what would make it succeed', async ({ node, given }) => {
    const { api, make } = await placeWith(
      { node, given },
      { per_user: { max: 1, on_reaching: 'deny' } },
    )
    const first = await make()
    const refused = await make()
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'limit_reached',
        limit: 'per_user',
        level: 'workspace',
        max: 1,
        count: 1,
        on_reaching: 'deny',
        next: { act: 'end_sessions', number: 1 },
        candidates: [{ kind: 'session', id: idOf(first) }],
        others: 0,
      },
    })
    await api.call('DELETE', `/sessions/${idOf(first)}`)
    expect((await make()).status).toBe(201)
  })

  test('asks whoever calls, with those to choose from', async ({ node, given }) => {
    const { make } = await placeWith({ node, given }, { per_user: { max: 1, on_reaching: 'ask' } })
    const first = await make()
    const { status, body } = await make()
    expect([status, body.code, body.on_reaching]).toEqual([409, 'limit_reached', 'ask'])
    expect(body.candidates).toMatchObject([{ kind: 'session', id: idOf(first) }])
  })

  test('counts neither what has ended nor what time has ended', async ({ node, given, pass }) => {
    const { api, make } = await placeWith(
      { node, given },
      { per_user: { max: 1, on_reaching: 'deny' } },
    )
    await api.call('DELETE', `/sessions/${idOf(await make())}`)
    expect((await make()).status).toBe(201)
    await pass('31m')
    expect((await make()).status).toBe(201)
  })

  test('counts nobody else, and no other workspace', async ({ node, given }) => {
    const { user, make } = await placeWith(
      { node, given },
      { per_user: { max: 1, on_reaching: 'deny' } },
    )
    const elsewhere = await given.workspace(user)
    const other = await serviceIn({ node, given }, [elsewhere])
    const asked = { user_id: formatId('usr', user.id) }
    await other.call('POST', '/sessions', asked)
    await other.call('POST', '/sessions', asked)
    expect((await make()).status).toBe(201)
    expect((await make()).status).toBe(409)
  })
})

test.describe('a limit', () => {
  test('by workspace counts everybody’s, and shows a service none beyond its reach', async ({
    node,
    given,
  }) => {
    const { workspace, api } = await placeWith(
      { node, given },
      { per_workspace: { max: 2, on_reaching: 'evict_oldest' } },
    )
    const people = [await given.user(), await given.user(), await given.user()]

    for (const { id: userId } of people)
      await addMember(node.services.db, {
        workspaceId: workspace.id,
        userId,
        roles: ['member'],
        by: { kind: 'operator' },
      })
    const made = []
    for (const { id } of people)
      made.push(await api.call('POST', '/sessions', { user_id: formatId('usr', id) }))
    expect(made[2]?.body.evicted).toEqual([idOf(made[0]!)])
  })

  test('by device class counts each kind for itself', async ({ node, given }) => {
    const { make } = await placeWith(
      { node, given },
      { per_device_class: { max: 1, on_reaching: 'evict_oldest' } },
    )
    const desktop = { context: { user_agent: FIREFOX } }
    const phone = { context: { user_agent: IPHONE } }
    const first = await make(desktop)
    expect((await make(phone)).body.evicted).toEqual([])
    // What tells nothing of its device is of a kind of its own.
    expect((await make()).body.evicted).toEqual([])
    expect((await make(desktop)).body.evicted).toEqual([idOf(first)])
  })

  test('by client counts what that service made', async ({ node, given }) => {
    const { workspace, api, make } = await placeWith(
      { node, given },
      { per_client: { max: 1, on_reaching: 'deny' } },
    )
    expect((await make()).status).toBe(201)
    expect((await make()).status).toBe(409)
    const other = await serviceIn({ node, given }, [workspace])
    const { body } = await api.call('GET', '/sessions')
    const again = { user_id: body.sessions[0]?.user_id }
    expect((await other.call('POST', '/sessions', again)).status).toBe(201)
  })

  test('goes by what roles and levels are worth where the API says nothing', async ({
    node,
    given,
  }) => {
    const priorities = { device_class: { desktop: 5 } }
    const { make } = await placeWith(
      { node, given },
      { per_user: { max: 2, on_reaching: 'evict_lowest_priority', priorities } },
    )
    const desktop = await make({ context: { user_agent: FIREFOX } })
    const phone = await make({ context: { user_agent: IPHONE } })
    expect((await make({ context: { user_agent: FIREFOX } })).body.evicted).toEqual([idOf(phone)])
    expect((await make({ context: { user_agent: IPHONE } })).body.code).toBe('limit_reached')
    expect((await make({ priority: 6 })).body.evicted).toEqual([idOf(desktop)])
  })

  test('of a role holds for who has it, besides that of the workspace', async ({ node, given }) => {
    const { workspace, api, make } = await placeWith(
      { node, given },
      { per_user: { max: 2, on_reaching: 'deny' } },
    )
    const id = formatId('wsp', workspace.id)
    const say = (role: string) =>
      api.call('PUT', `/workspaces/${id}/roles/${role}/policy`, {
        rules: { concurrent_sessions: { per_user: { max: 1, on_reaching: 'evict_oldest' } } },
      })
    await say('guest')
    await make()
    expect((await make()).body.evicted).toEqual([])
    expect((await make()).body).toMatchObject({ code: 'limit_reached', level: 'workspace' })

    await say('member')
    // One limit lets nobody leave where another denies.
    expect((await make()).body).toMatchObject({ code: 'limit_reached', level: 'workspace' })
    const [oldest] = await liveOf(api)
    await api.call('DELETE', `/sessions/${oldest}`)
    const [left] = await liveOf(api)
    expect((await make()).body.evicted).toEqual([left])
  })

  test('is explained, with what it counts and who set it', async ({ node, given }) => {
    const { workspace, api } = await placeWith(
      { node, given },
      { per_user: { max: 3, on_reaching: 'deny' } },
    )
    const id = formatId('wsp', workspace.id)
    const { body } = await api.call('GET', `/policies/explain?workspace=${id}`)
    expect(body.concurrent_sessions).toEqual([
      {
        limit: 'per_user',
        max: 3,
        on_reaching: 'deny',
        counts: 'sessions',
        within: ['user', 'workspace'],
        level: 'workspace',
        subject: id,
      },
    ])
  })

  test('that makes no sense is refused', async ({ node, given }) => {
    const { say } = await placeWith({ node, given }, {})
    for (const wrong of [
      { per_user: { max: 0, on_reaching: 'deny' } },
      { per_user: { max: 1, on_reaching: 'evict' } },
      { per_user: { max: 1 } },
      { per_team: { max: 1, on_reaching: 'deny' } },
    ])
      expect((await say(wrong)).status).toBe(400)
  })
})

test.describe('a dry run', () => {
  test('says who would leave, and changes nothing', async ({ node, given, database }) => {
    const { api, make } = await placeWith(
      { node, given },
      { per_user: { max: 1, on_reaching: 'evict_oldest' } },
    )
    const first = await make()
    const before = await database.pool.query('SELECT count(*) FROM entry')
    const dry = await make({ dry_run: true })
    expect(dry).toMatchObject({
      status: 200,
      body: {
        dry_run: true,
        outcome: 'admitted',
        would_evict: [{ kind: 'session', id: idOf(first) }],
        others: 0,
        reached: null,
      },
    })
    expect(await liveOf(api)).toEqual([idOf(first)])
    expect((await database.pool.query('SELECT count(*) FROM entry')).rows).toEqual(before.rows)
  })

  test('says that it would be denied, and by what', async ({ node, given }) => {
    const { make } = await placeWith({ node, given }, { per_user: { max: 1, on_reaching: 'deny' } })
    expect((await make({ dry_run: true })).body.outcome).toBe('admitted')
    await make()
    expect((await make({ dry_run: true })).body).toMatchObject({
      outcome: 'denied',
      would_evict: [],
      reached: { limit: 'per_user', max: 1, count: 1, candidates: [{ kind: 'session' }] },
    })
  })
})

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'
