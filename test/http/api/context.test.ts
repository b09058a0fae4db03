import { formatId } from '../../../src/ids.ts'
import { type Given, givenOn, type Node, startNode } from '../../support/world.ts'
import { expect, serviceIn, test } from './stage.ts'

const AT_HOME = {
  ip_address: '194.25.0.1',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  device_id: 'laptop',
}

async function usedAt(stage: { node: Node; given: Given }, context: object) {
  const user = await stage.given.user()
  const workspace = await stage.given.workspace(user)
  const api = await serviceIn(stage, [workspace])
  const made = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id), context })
  const { session_token } = made.body
  return {
    api,
    session_token,
    validate: async (now?: object) =>
      (
        await api.call('POST', '/sessions/validation', {
          session_token,
          ...(now && { context: now }),
        })
      ).body,
  }
}

test.describe('a session that is used elsewhere', () => {
  for (const [what, now] of [
    ['another address of its network', { ip_address: '194.25.0.99' }],
    ['another network of its country', { ip_address: '217.0.0.1' }],
    ['a newer version of its browser', { user_agent: AT_HOME.user_agent.replaceAll('140', '141') }],
    ['another browser', { user_agent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0' }],
    ['no known place', {}],
  ] as const)
    test(`goes on: ${what}`, async ({ node, given }) => {
      const { validate } = await usedAt({ node, given }, AT_HOME)
      expect((await validate({ ...AT_HOME, ...now })).is_valid).toBe(true)
    })

  for (const [what, now] of [
    ['another device', { device_id: 'somebody else’s' }],
    ['a country too soon', { ip_address: '8.8.8.8' }],
  ] as const)
    test(`is refused, and lives on where it was: ${what}`, async ({ node, given, database }) => {
      const { validate } = await usedAt({ node, given }, AT_HOME)
      expect(await validate({ ...AT_HOME, ...now })).toMatchObject({
        is_valid: false,
        reason: 'context_mismatch',
        next: { act: 'log_in' },
      })
      expect((await validate(AT_HOME)).is_valid).toBe(true)
      const { rows } = await database.pool.query(
        `SELECT detail->'drifts' AS drifts, context_sealed FROM entry WHERE action = 'session.drifted'`,
      )
      expect(rows).toHaveLength(1)
      expect(JSON.stringify(rows[0].drifts)).toContain('step_up')
      expect(Buffer.from(rows[0].context_sealed).includes('194.25')).toBe(false)
    })
})

test.describe('a change of context that a service tells', () => {
  test('is kept, and found by its exact address', async ({ node, given }) => {
    const { api, session_token } = await usedAt({ node, given }, AT_HOME)
    const found = async (address: string) =>
      (await api.call('GET', `/sessions?address=${address}`)).body.sessions.length
    expect([await found('194.25.0.1'), await found('194.25.0.2')]).toEqual([1, 0])
    await api.call('POST', '/sessions/context', {
      session_token,
      context: { ip_address: '194.25.0.2' },
    })
    expect([await found('194.25.0.1'), await found('194.25.0.2')]).toEqual([0, 1])
  })

  test('prolongs nothing, whatever it says of the last activity', async ({ node, given, pass }) => {
    const { api, session_token } = await usedAt({ node, given }, AT_HOME)
    await pass('20m')
    const context = { last_activity: new Date(Date.now() + 3_600_000).toISOString() }
    const told = await api.call('POST', '/sessions/context', { session_token, context })
    expect(told.status).toBe(200)
    await pass('11m')
    const { body } = await api.call('POST', '/sessions/validation', { session_token })
    expect(body).toMatchObject({ is_valid: false, reason: 'expired' })
  })

  test('binds one device, of however many that come first at once', async ({ node, given }) => {
    const { api, session_token } = await usedAt({ node, given }, {})
    const told = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        api.call('POST', '/sessions/context', {
          session_token,
          context: { device_id: `device-${at}` },
        }),
      ),
    )
    const codes = told.map(({ status, body }) => [status, body.code])
    expect(codes.filter(([status]) => status === 200)).toHaveLength(1)
    expect(codes.filter(([, code]) => code === 'context_mismatch')).toHaveLength(7)
  })

  test('loses nothing of several that come at once', async ({ node, given }) => {
    const { api, session_token } = await usedAt({ node, given }, {})
    const tell = (context: object) =>
      api.call('POST', '/sessions/context', { session_token, context })
    const told = await Promise.all([
      tell({ device_id: 'laptop' }),
      tell({ location: { country: 'DE' } }),
      tell({ ip_address: '194.25.0.1' }),
    ])
    expect(told.map(({ status }) => status)).toEqual([200, 200, 200])
    for (const elsewhere of [{ device_id: 'phone' }, { location: { country: 'US' } }])
      expect((await tell(elsewhere)).body.code).toBe('context_mismatch')
    expect((await api.call('GET', '/sessions?address=194.25.0.1')).body.sessions).toHaveLength(1)
  })
})

test('a person who has travelled is asked nothing again in the new country', async ({
  database,
}) => {
  const patient = 'session_manager: { security: { session_policies: { idle_timeout: 12h } } }'
  const node = await startNode(database, patient)
  const { validate } = await usedAt({ node, given: givenOn(node) }, AT_HOME)
  await database.pass('3h')
  const away = { ...AT_HOME, ip_address: '8.8.8.8' }
  expect((await validate(away)).is_valid).toBe(true)
  await node.services.activity.flush()
  expect((await validate(away)).is_valid).toBe(true)
  expect(await validate(AT_HOME)).toMatchObject({ reason: 'context_mismatch' })
  await node.close()
})
