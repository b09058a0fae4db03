import { formatId } from '../../../src/ids.ts'
import { tightenSessions } from '../../../src/sessions/manager/tighten-sessions.ts'
import { expect, serviceIn, test } from './stage.ts'

test.describe('policies', () => {
  test('say which level set each rule', async ({ node, given }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const api = await serviceIn({ node, given }, [workspace])
    const id = formatId('wsp', workspace.id)
    await api.call('PUT', `/workspaces/${id}/policy`, {
      rules: { idle_timeout: 600, max_renewals: 50 },
    })
    await api.call('PUT', `/workspaces/${id}/roles/member/policy`, { rules: { idle_timeout: 300 } })

    const of = (who: string) => api.call('GET', `/policies/explain?workspace=${id}${who}`)
    expect((await of('')).body.rules).toMatchObject({
      idle_timeout: { value: 600, level: 'workspace', subject: id },
      max_renewals: { value: 10, level: 'server', subject: '' },
    })
    expect((await of(`&user=${formatId('usr', user.id)}`)).body.rules).toMatchObject({
      idle_timeout: { value: 300, level: 'role', subject: 'member' },
    })
  })

  test('of a level hold where nobody says otherwise, and are told as its own', async ({
    node,
    given,
  }) => {
    const workspace = await given.workspace()
    const api = await serviceIn({ node, given }, [workspace])
    const { body } = await api.call(
      'GET',
      `/policies/explain?workspace=${workspace.slug}&acr=urn:sojourn:aal2`,
    )
    expect(body.rules).toMatchObject({
      absolute_timeout: { value: 86_400, level: 'acr', subject: 'urn:sojourn:aal2' },
      idle_timeout: { value: 1_800, level: 'server' },
    })
  })

  test('cut short what runs, and lengthen nothing', async ({ node, given }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const api = await serviceIn({ node, given }, [workspace])
    const id = formatId('wsp', workspace.id)
    const made = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id) })
    const path = `/sessions/${made.body.session.session_id}`
    const ends = async () => {
      const { created_at, last_seen_at, idle_end_at, absolute_end_at } = (
        await api.call('GET', path)
      ).body as Record<string, string>
      const seconds = (to = '', from = '') => Math.round((Date.parse(to) - Date.parse(from)) / 1000)
      return [seconds(idle_end_at, last_seen_at), seconds(absolute_end_at, created_at)]
    }
    expect(await ends()).toEqual([1800, 86_400])

    const rules = { idle_timeout: 600, max_session_duration: 7200 }
    await api.call('PUT', `/workspaces/${id}/policy`, { rules })
    expect(await tightenSessions(node.services)).toBe(1)
    expect(await tightenSessions(node.services)).toBe(0)
    expect(await ends()).toEqual([600, 7200])

    await api.call('PUT', `/workspaces/${id}/policy`, { rules: {} })
    await tightenSessions(node.services)
    expect(await ends()).toEqual([600, 7200])
    const again = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id) })
    expect(again.body.session.absolute_end_at).not.toBe(made.body.session.absolute_end_at)
  })
})
