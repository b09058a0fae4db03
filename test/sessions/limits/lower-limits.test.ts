import type { Concurrency, LimitAction } from '../../../src/decisions/concurrency.ts'
import type { Policy } from '../../../src/decisions/policy.ts'
import { setPolicy } from '../../../src/decisions/set-policy.ts'
import { formatId } from '../../../src/ids.ts'
import { lowerLimits } from '../../../src/sessions/limits/lower-limits.ts'
import { type Api, expect, serviceIn, test } from '../../http/api/stage.ts'
import type { Given, Node } from '../../support/world.ts'

const by = { kind: 'operator' } as const

interface House {
  readonly node: Node
  readonly given: Given
}

async function say({ node }: House, origin: Omit<Policy, 'rules'>, concurrent: Concurrency) {
  await setPolicy(node.services.db, {
    policy: { ...origin, rules: { concurrent } },
    workspaceId: null,
    by,
  })
  await node.services.policies.refresh()
}

/** A person with four sessions, each older than the next, and the last of them used least lately. */
async function fourSessions(house: House) {
  const user = await house.given.user()
  const workspace = await house.given.workspace(user)
  const api = await serviceIn(house, [workspace])
  const ids: string[] = []
  const tokens: string[] = []
  for (let made = 0; made < 4; made += 1) {
    const asked = { user_id: formatId('usr', user.id), priority: made % 2 }
    const { body } = await api.call('POST', '/sessions', asked)
    ids.push(body.session.session_id)
    tokens.push(body.session_token)
  }
  return { user, workspace, api, ids, tokens }
}

/** Which of them live, by number. */
async function leftOf({ api, ids }: { readonly api: Api; readonly ids: readonly string[] }) {
  const { body } = await api.call('GET', '/sessions')
  return body.sessions.map(({ session_id: id }) => ids.indexOf(id)).toSorted()
}

test.describe('lowering a limit', () => {
  const cases: readonly [LimitAction, number[]][] = [
    ['evict_oldest', [2, 3]],
    ['deny', [0, 1]],
    ['evict_lowest_priority', [1, 3]],
  ]
  for (const [onReaching, left] of cases)
    test(`ends those who are too many, by ${onReaching}`, async ({ node, given }) => {
      const place = await fourSessions({ node, given })
      const origin = { level: 'workspace', subject: place.workspace.id } as const
      await say({ node, given }, origin, { perUser: { max: 2, onReaching } })

      const ended = await lowerLimits(node.services)
      expect(ended.map(({ cause }) => cause)).toEqual(['evicted', 'evicted'])
      expect(await leftOf(place)).toEqual(left)
      expect(await lowerLimits(node.services)).toEqual([])
    })

  for (const onReaching of ['evict_least_recently_used', 'ask'] as const)
    test(`ends those used least lately, by ${onReaching}`, async ({ node, given, pass }) => {
      const place = await fourSessions({ node, given })
      await pass('1m')
      for (const session_token of place.tokens.slice(1, 3))
        await place.api.call('POST', '/sessions/validation', { session_token })
      await node.services.activity.flush()
      const origin = { level: 'workspace', subject: place.workspace.id } as const
      await say({ node, given }, origin, { perUser: { max: 2, onReaching } })

      await lowerLimits(node.services)
      expect(await leftOf(place)).toEqual([1, 2])
    })

  test('leaves what is somewhere else', async ({ node, given }) => {
    const place = await fourSessions({ node, given })
    const other = await fourSessions({ node, given })
    const limit = { max: 1, onReaching: 'evict_oldest' } as const
    const origin = { level: 'workspace', subject: place.workspace.id } as const
    await say({ node, given }, origin, { perWorkspace: limit })
    await lowerLimits(node.services)
    expect(await leftOf(place)).toEqual([3])
    expect(await leftOf(other)).toEqual([0, 1, 2, 3])
  })

  test('of roles, levels, clients and devices reaches each of them', async ({ node, given }) => {
    const limit = (max: number) => ({ max, onReaching: 'evict_oldest' }) as const
    const place = await fourSessions({ node, given })
    const { id } = place.workspace
    const role = (name: string) => ({ level: 'role', subject: `${id}/${name}` }) as const
    await say({ node, given }, role('guest'), { perUser: limit(1) })
    expect(await lowerLimits(node.services)).toEqual([])
    await say({ node, given }, role('member'), { perUser: limit(3) })
    expect(await lowerLimits(node.services)).toHaveLength(1)
    const server = { level: 'server', subject: '' } as const
    await say({ node, given }, server, { perClient: limit(2) })
    expect(await lowerLimits(node.services)).toHaveLength(1)
    await say({ node, given }, server, { perDeviceClass: limit(1) })
    expect(await lowerLimits(node.services)).toHaveLength(1)
    expect(await leftOf(place)).toEqual([3])
  })

  test('of the server counts logins with the sessions that have none', async ({
    node,
    given,
    database,
  }) => {
    const place = await fourSessions({ node, given })
    const { loginId } = await given.browser(place.user)
    const server = { level: 'server', subject: '' } as const
    await say({ node, given }, server, { perUser: { max: 2, onReaching: 'evict_oldest' } })

    await lowerLimits(node.services)
    expect(await leftOf(place)).toEqual([3])
    const live = 'SELECT FROM login WHERE id = $1 AND ended_at IS NULL'
    expect((await database.pool.query(live, [loginId])).rowCount).toBe(1)

    const aal1 = { level: 'acr', subject: 'urn:sojourn:aal1' } as const
    await given.browser(place.user)
    await say({ node, given }, aal1, { perUser: { max: 1, onReaching: 'deny' } })
    await lowerLimits(node.services)
    const { rows } = await database.pool.query(
      'SELECT id FROM login WHERE user_id = $1 AND ended_at IS NULL',
      [place.user.id],
    )
    expect(rows).toEqual([{ id: loginId }])
  })
})
