import { formatId } from '../../../src/ids.ts'
import { closeElevations } from '../../../src/sessions/manager/close-elevations.ts'
import type { Given, Node } from '../../support/world.ts'
import { expect, personIn, serviceIn, test } from './stage.ts'

async function memberIn({ node, given }: { node: Node; given: Given }) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  const api = await serviceIn({ node, given }, [workspace])
  const at = `/workspaces/${formatId('wsp', workspace.id)}`
  await api.call('PUT', `${at}/roles/member`, {
    permissions: ['invoices:read'],
    elevations: ['invoices:approve'],
  })
  const made = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id) })
  const { session_token } = made.body
  const permissions = async () =>
    (await api.call('POST', '/sessions/validation', { session_token })).body.session.permissions
  return { api, at, session_token, permissions }
}

test.describe('permissions for a while', () => {
  test('come from what the role may be given, and go at their time without anybody', async ({
    node,
    given,
    database,
    pass,
  }) => {
    const { api, session_token, permissions } = await memberIn({ node, given })
    expect(await permissions()).toEqual(['invoices:read'])

    const set = await api.call('POST', '/sessions/permissions', {
      session_token,
      permissions: ['invoices:approve'],
    })
    expect(set.body.elevation).toMatchObject({ state: 'granted', reason: 'unspecified' })
    expect(await permissions()).toEqual(['invoices:approve', 'invoices:read'])

    await pass('14m')
    expect(await permissions()).toEqual(['invoices:approve', 'invoices:read'])
    await pass('2m')
    expect(await permissions()).toEqual(['invoices:read'])
    expect(await closeElevations({ db: database.db })).toBe(1)
    const { rows } = await database.pool.query(
      `SELECT action FROM entry WHERE subject_kind = 'elevation' ORDER BY seq`,
    )
    expect(rows.map(({ action }) => action)).toEqual(['elevation.granted', 'elevation.ended'])
  })

  test('are refused beyond that, and shrink with the role', async ({ node, given }) => {
    const { api, at, session_token, permissions } = await memberIn({ node, given })
    const refused = await api.call('POST', '/sessions/permissions', {
      session_token,
      permissions: ['invoices:approve', 'invoices:delete'],
    })
    expect([refused.status, refused.body.code, refused.body.not_allowed]).toEqual([
      403,
      'permission_denied',
      ['invoices:delete'],
    ])
    await api.call('POST', '/sessions/permissions', {
      session_token,
      permissions: ['invoices:approve'],
    })
    await api.call('PUT', `${at}/roles/member`, { permissions: ['invoices:read'] })
    expect(await permissions()).toEqual(['invoices:read'])
  })

  test('are given to a session of a browser by its identifier', async ({ node, given }) => {
    const { user, workspace } = await personIn({ node, given })
    const stranger = await serviceIn({ node, given }, [await given.workspace(user)])
    const api = await serviceIn({ node, given }, [workspace])
    await api.call('PUT', `/workspaces/${workspace.slug}/roles/member`, {
      permissions: ['invoices:read'],
      elevations: ['invoices:approve'],
    })
    const [session] = (await api.call('GET', '/sessions')).body.sessions
    const path = `/sessions/${session!.session_id}/permissions`
    const asked = { permissions: ['invoices:approve'], lifetime: 60, reason: 'month end' }
    const set = await api.call('PUT', path, asked)
    expect(set.body.elevation).toMatchObject({ state: 'granted', reason: 'month end' })

    const seen = async () => (await api.call('GET', `/sessions/${session!.session_id}`)).body
    expect(await seen()).toMatchObject({ permissions: ['invoices:approve', 'invoices:read'] })
    expect((await stranger.call('PUT', path, asked)).status).toBe(404)
    await api.call('PUT', path, { permissions: [] })
    expect(await seen()).toMatchObject({ permissions: ['invoices:read'], elevated_until: null })
  })

  test('wait for a second one where the policy says so', async ({ node, given }) => {
    const { api, at, session_token, permissions } = await memberIn({ node, given })
    await api.call('PUT', `${at}/policy`, {
      rules: { elevation_approval: true, elevation_reason: true },
    })
    const unsaid = { session_token, permissions: ['invoices:approve'] }
    expect((await api.call('POST', '/sessions/permissions', unsaid)).status).toBe(400)

    const asked = await api.call('POST', '/sessions/permissions', {
      ...unsaid,
      reason: 'month end',
    })
    const { elevation_id: id, state } = asked.body.elevation as Record<string, string>
    expect(state).toBe('asked')
    expect(await permissions()).toEqual(['invoices:read'])

    const decide = { decision: 'grant' }
    const own = await api.call('POST', `/elevations/${id}/decision`, decide)
    expect([own.status, own.body.code]).toEqual([409, 'conflict'])
    const workspace = await given.workspace()
    const stranger = await serviceIn({ node, given }, [workspace])
    expect((await stranger.call('POST', `/elevations/${id}/decision`, decide)).status).toBe(404)
  })
})
