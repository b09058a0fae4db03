import { deleteClient } from '../../../src/access/delete-client.ts'
import { disableClient } from '../../../src/access/disable-client.ts'
import { dismissFromWorkspace } from '../../../src/access/dismiss-client.ts'
import { enableClient } from '../../../src/clients/disable-client.ts'
import { type ClientId, formatId, type WorkspaceId } from '../../../src/ids.ts'
import type { Node } from '../../support/world.ts'
import { expect, serviceIn, test } from './stage.ts'

const by = { kind: 'operator' } as const

test.describe('a session that a service holds itself', () => {
  test('is made, used, renewed and ended as any other', async ({ node, given, pass }) => {
    const workspace = await given.workspace()
    const api = await serviceIn({ node, given }, [workspace])
    const made = await api.call('POST', '/me/sessions', { context: { ip_address: '192.0.2.9' } })
    expect(made.status).toBe(201)
    const { session, session_token } = made.body
    expect(session).toMatchObject({
      kind: 'service',
      workspace_id: formatId('wsp', workspace.id),
      user_id: null,
      client_id: formatId('cli', api.clientId),
      roles: [],
      permissions: [],
    })

    const told = { context: { device_id: 'engine-1' } }
    expect((await api.call('POST', '/sessions/context', { session_token, ...told })).status).toBe(
      200,
    )
    for (let at = 0; at < 17; at += 1) {
      await pass('25m')
      const { body } = await api.call('POST', '/sessions/validation', { session_token })
      expect(body.is_valid).toBe(true)
      await node.services.activity.flush()
    }
    const renewed = await api.call('POST', '/sessions/renewal', { session_token })
    expect([renewed.status, renewed.body.session.renewals]).toEqual([200, 1])

    await node.services.figures.flush()
    const successor = renewed.body.session_token
    const seen = await api.call('POST', '/sessions/analytics', { session_token: successor })
    expect(seen.body).toMatchObject({ validations: 17, renewals: 1, failed_validations: {} })

    await api.call('POST', '/sessions/termination', { session_token: successor })
    const dead = await api.call('POST', '/sessions/validation', { session_token: successor })
    expect(dead.body).toMatchObject({ is_valid: false, end_cause: 'administrator' })
  })

  test('is among its own, where those that it made for people are not', async ({ node, given }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const api = await serviceIn({ node, given }, [workspace])
    const other = await serviceIn({ node, given }, [workspace])
    const [first, second] = [
      await api.call('POST', '/me/sessions', {}),
      await api.call('POST', '/me/sessions', {}),
    ]
    await api.call('POST', '/sessions', { user_id: formatId('usr', user.id) })
    await other.call('POST', '/me/sessions', {})

    const page = await api.call('GET', '/me/sessions?limit=1')
    expect(idsOf(page)).toEqual([second.body.session.session_id])
    const rest = await api.call('GET', `/me/sessions?limit=1&cursor=${page.body.next_cursor}`)
    expect(idsOf(rest)).toEqual([first.body.session.session_id])
    expect(rest.body.next_cursor).toBeNull()
    expect(idsOf(await api.call('GET', '/sessions'))).toHaveLength(4)

    const ended = await api.call('POST', '/me/sessions/others/termination', {})
    expect(ended.body.ended).toHaveLength(2)
    expect(idsOf(await api.call('GET', '/me/sessions'))).toEqual([])
    expect(idsOf(await other.call('GET', '/me/sessions'))).toHaveLength(1)
  })

  test("is not another service's to end as its own", async ({ node, given }) => {
    const workspace = await given.workspace()
    const api = await serviceIn({ node, given }, [workspace])
    const other = await serviceIn({ node, given }, [workspace], 'sessions:own')
    const { body } = await api.call('POST', '/me/sessions', {})
    const refused = await other.call('DELETE', `/me/sessions/${body.session.session_id}`)
    expect([refused.status, refused.body.code]).toEqual([404, 'session_not_found'])
    const ended = await api.call('DELETE', `/me/sessions/${body.session.session_id}`)
    expect(ended.body.ended).toEqual([body.session.session_id])
  })

  test('is in the workspace that was named, of those that it was admitted to', async ({
    node,
    given,
  }) => {
    const [one, two, three] = [
      await given.workspace(),
      await given.workspace(),
      await given.workspace(),
    ]
    const api = await serviceIn({ node, given }, [one, two], 'sessions:own')
    const unnamed = await api.call('POST', '/me/sessions', {})
    expect([unnamed.status, unnamed.body.code]).toEqual([400, 'workspace_required'])
    const beyond = await api.call('POST', '/me/sessions', { workspace_id: three.slug })
    expect([beyond.status, beyond.body.code]).toEqual([404, 'workspace_not_found'])
    const named = await api.call('POST', '/me/sessions', { workspace_id: two.slug })
    expect(named.body.session.workspace_slug).toBe(two.slug)
  })

  const ENDS: readonly (readonly [string, End])[] = [
    [
      'dismissed from the workspace',
      ({ services }, clientId, workspaceId) =>
        dismissFromWorkspace(services, { clientId, workspaceId, by }),
    ],
    [
      'disabled',
      async ({ services }, clientId) => {
        await disableClient(services, clientId, by)
        await enableClient(services.db, clientId, by)
      },
    ],
    ['deleted', ({ services }, clientId) => deleteClient(services, clientId, by)],
  ]
  for (const [how, act] of ENDS)
    test(`ends when it is ${how}, and nothing brings it back`, async ({ node, given }) => {
      const workspace = await given.workspace()
      const api = await serviceIn({ node, given }, [workspace])
      const other = await serviceIn({ node, given }, [workspace])
      const { body } = await api.call('POST', '/me/sessions', {})
      await other.call('POST', '/me/sessions', {})

      await act(node, api.clientId, workspace.id)

      const { session_token } = body
      const judged = await other.call('POST', '/sessions/validation', { session_token })
      expect(judged.body).toMatchObject({ is_valid: false, end_cause: 'client_removed' })
      expect(idsOf(await other.call('GET', '/me/sessions'))).toHaveLength(1)
      const [row] = await node.services.db.prisma.session.findMany({
        where: { endedAt: { not: null } },
      })
      expect(row).toMatchObject({ endCause: 'client_removed', secretWrapped: null })
    })
})

type End = (node: Node, client: ClientId, workspace: WorkspaceId) => Promise<unknown>

function idsOf({ body }: { readonly body: { readonly sessions: readonly object[] } }) {
  return body.sessions.map((one) => (one as { session_id: string }).session_id)
}
