import { formatId } from '../../../src/ids.ts'
import { expect, serviceIn, test } from './stage.ts'

test.describe('the analytics of a session', () => {
  test('count what happened to it, and outlive it', async ({ node, given, database, pass }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const api = await serviceIn({ node, given }, [workspace])
    const { body } = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id) })
    const { session_token } = body
    await Promise.all(
      Array.from({ length: 7 }, () => api.call('POST', '/sessions/validation', { session_token })),
    )
    await pass('10m')
    await api.call('POST', '/sessions/termination', { session_token })
    await api.call('POST', '/sessions/validation', { session_token })
    await node.services.figures.flush()
    await node.services.figures.flush()

    const { body: seen } = await api.call('POST', '/sessions/analytics', { session_token })
    expect(seen).toMatchObject({
      session_id: body.session.session_id,
      validations: 7,
      failed_validations: { invalidated: 1 },
      renewals: 0,
      countries: [],
    })
    expect(seen.clients).toHaveLength(1)
    expect(Math.floor(seen.duration as number)).toBe(10)
    const { rows } = await database.pool.query('SELECT count(*)::int AS n FROM session_figures')
    expect(rows).toEqual([{ n: 1 }])
  })

  test('count devices, networks and countries, and keep none of them in clear', async ({
    node,
    given,
    database,
  }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const api = await serviceIn({ node, given }, [workspace])
    const context = { ip_address: '194.25.0.1', device_id: 'laptop' }
    const user_id = formatId('usr', user.id)
    const { session_token } = (await api.call('POST', '/sessions', { user_id, context })).body
    const use = (more: object) =>
      api.call('POST', '/sessions/validation', { session_token, context: { ...context, ...more } })
    await use({ ip_address: '194.25.0.2' })
    await use({ ip_address: '217.0.0.1' })
    expect((await use({ device_id: 'phone' })).body.is_valid).toBe(false)
    const moved = { ip_address: '194.25.7.1' }
    await api.call('POST', '/sessions/context', { session_token, context: moved })
    await node.services.figures.flush()

    const { body: seen } = await api.call('POST', '/sessions/analytics', { session_token })
    expect(seen).toMatchObject({ devices: 1, networks: 3, countries: ['DE'], validations: 2 })
    const { rows } = await database.pool.query('SELECT f::text AS said FROM session_figures f')
    expect(rows[0].said).not.toMatch(/194\.25|217\.0|laptop/)
  })
})
