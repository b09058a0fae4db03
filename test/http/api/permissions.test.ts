import { formatId } from '../../../src/ids.ts'
import { closeElevations } from '../../../src/sessions/manager/close-elevations.ts'
import { addMember } from '../../../src/workspaces/add-member.ts'
import type { Given, Node } from '../../support/world.ts'
import { expect, personIn, serviceIn, test } from './stage.ts'

const OPERATOR = { kind: 'operator' } as const
const ROLE = { permissions: ['invoices:read'], elevations: ['invoices:approve'] }
const GRANT = { decision: 'grant' }
const REFUSE = { decision: 'refuse' }

async function memberIn({ node, given }: { node: Node; given: Given }) {
  const user = await given.user()
  const colleague = await given.user()
  const workspace = await given.workspace(user, colleague)
  const api = await serviceIn({ node, given }, [workspace])
  const at = `/workspaces/${formatId('wsp', workspace.id)}`
  await api.call('PUT', `${at}/roles/member`, ROLE)
  const made = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id) })
  const { session_token } = made.body
  const permissions = async () =>
    (await api.call('POST', '/sessions/validation', { session_token })).body.session.permissions
  return { api, at, session_token, permissions, user, colleague, workspace }
}

/** The same where a second person must agree; `ask` leads to the path of the decision. */
async function approvedIn(stage: { node: Node; given: Given }) {
  const member = await memberIn(stage)
  const { api, at, session_token } = member
  await api.call('PUT', `${at}/policy`, {
    rules: { elevation_approval: true, elevation_reason: true },
  })
  const ask = async () => {
    const { body } = await api.call('POST', '/sessions/permissions', {
      session_token,
      permissions: ['invoices:approve'],
      reason: 'month end',
    })
    return `/elevations/${(body.elevation as { elevation_id: string }).elevation_id}/decision`
  }
  return { ...member, ask }
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

  test('never add up, of however many who give them at once', async ({ node, given }) => {
    const { api, at, session_token, permissions } = await memberIn({ node, given })
    const elevations = Array.from({ length: 6 }, (_, number) => `invoices:act-${number}`)
    await api.call('PUT', `${at}/roles/member`, { permissions: ['invoices:read'], elevations })
    const set = await Promise.all(
      elevations.map((one) =>
        api.call('POST', '/sessions/permissions', { session_token, permissions: [one] }),
      ),
    )
    expect(set.map(({ status }) => status)).toEqual(elevations.map(() => 200))
    expect(await permissions()).toHaveLength(2)
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
    await api.call('PUT', `/workspaces/${workspace.slug}/roles/member`, ROLE)
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

  test('wait for a second person where the policy says so', async ({ node, given, database }) => {
    const { api, session_token, permissions, workspace, colleague } = await approvedIn({
      node,
      given,
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

    const second = await personIn({ node, given }, { user: colleague, workspace })
    const decided = await second.api.call('POST', `/elevations/${id}/decision`, GRANT)
    expect(decided.body.elevation).toMatchObject({ state: 'granted', reason: 'month end' })
    expect(await permissions()).toEqual(['invoices:approve', 'invoices:read'])
    const again = await second.api.call('POST', `/elevations/${id}/decision`, REFUSE)
    expect([again.status, again.body.code]).toEqual([409, 'conflict'])
    const { rows } = await database.pool.query(
      `SELECT action, actor_kind, actor_id FROM entry WHERE subject_kind = 'elevation' ORDER BY seq`,
    )
    expect(rows).toEqual([
      { action: 'elevation.asked', actor_kind: 'client', actor_id: api.clientId },
      { action: 'elevation.granted', actor_kind: 'user', actor_id: colleague.id },
    ])
  })

  test('are not given once the second person says no', async ({ node, given }) => {
    const { ask, permissions, workspace, colleague } = await approvedIn({ node, given })
    const path = await ask()
    const second = await personIn({ node, given }, { user: colleague, workspace })
    expect((await second.api.call('POST', path, REFUSE)).body.elevation).toMatchObject({
      state: 'refused',
    })
    expect((await second.api.call('POST', path, GRANT)).status).toBe(409)
    expect(await permissions()).toEqual(['invoices:read'])
  })

  test('are not agreed to by whose session it is, nor by a service', async ({ node, given }) => {
    const { api, ask, permissions, user, workspace } = await approvedIn({ node, given })
    const path = await ask()
    const beneficiary = await personIn({ node, given }, { user, workspace })
    const other = await serviceIn({ node, given }, [workspace])
    const stranger = await serviceIn({ node, given }, [await given.workspace()])
    for (const caller of [beneficiary.api, api, other, stranger])
      for (const decision of [GRANT, REFUSE]) {
        const refused = await caller.call('POST', path, decision)
        expect([refused.status, refused.body.code]).toEqual([403, 'permission_denied'])
      }
    expect(await permissions()).toEqual(['invoices:read'])
  })

  test('are not agreed to by a person who asked for their own', async ({ node, given }) => {
    const { api, user, workspace } = await approvedIn({ node, given })
    const person = await personIn({ node, given }, { user, workspace })
    const { body } = await person.api.call('GET', '/me/sessions')
    const { session_id } = body.sessions.find(({ current }) => current)!
    const asked = await person.api.call('PUT', `/sessions/${session_id}/permissions`, {
      permissions: ['invoices:approve'],
      reason: 'month end',
    })
    const { elevation_id: id, state } = asked.body.elevation as Record<string, string>
    expect(state).toBe('asked')
    const refused = await person.api.call('POST', `/elevations/${id}/decision`, GRANT)
    expect([refused.status, refused.body.code]).toEqual([403, 'permission_denied'])
    const seen = await api.call('GET', `/sessions/${session_id}`)
    expect(seen.body).toMatchObject({ permissions: ['invoices:read'], elevated_until: null })
  })

  test('are not found by people who could not be given them', async ({ node, given }) => {
    const { api, at, ask, permissions, workspace } = await approvedIn({ node, given })
    const path = await ask()
    const guest = await given.user()
    const place = { workspaceId: workspace.id, userId: guest.id }
    await addMember(node.services.db, { ...place, roles: ['guest'], by: OPERATOR })
    await api.call('PUT', `${at}/roles/guest`, { permissions: ['invoices:read'] })
    const reader = await personIn({ node, given }, { user: guest, workspace })
    const stranger = await personIn({ node, given })
    const theirs = await serviceIn({ node, given }, [stranger.workspace])
    await theirs.call('PUT', `/workspaces/${stranger.workspace.slug}/roles/member`, ROLE)
    for (const { api: caller } of [reader, stranger]) {
      const refused = await caller.call('POST', path, GRANT)
      expect([refused.status, refused.body.code]).toEqual([404, 'not_found'])
    }
    expect(await permissions()).toEqual(['invoices:read'])
  })
})
