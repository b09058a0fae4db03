import { formatId } from '../../../src/ids.ts'
import { expect, serviceIn, test } from './stage.ts'

test.describe('a session made by a service', () => {
  test('has a token that is good until it is ended', async ({ node, given }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const api = await serviceIn({ node, given }, [workspace])

    const made = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id) })
    expect(made.status).toBe(201)
    const { session_token, session } = made.body
    expect(session).toMatchObject({
      kind: 'api',
      workspace_id: formatId('wsp', workspace.id),
      user_id: formatId('usr', user.id),
      roles: ['member'],
      renewals: 0,
    })

    const valid = await api.call('POST', '/sessions/validation', { session_token })
    expect([valid.status, valid.body.is_valid]).toEqual([200, true])

    const ended = await api.call('POST', '/sessions/termination', { session_token })
    expect(ended.body).toEqual({ ended: [session.session_id] })
    const again = await api.call('POST', '/sessions/termination', { session_token })
    expect([again.status, again.body]).toEqual([200, { ended: [] }])

    const dead = await api.call('POST', '/sessions/validation', { session_token })
    expect(dead.body).toEqual({
      is_valid: false,
      view_age_ms: 0,
      reason: 'invalidated',
      end_cause: 'administrator',
      next: { act: 'log_in', by: null },
    })
  })

  test('is not found by a service that was not admitted to its workspace', async ({
    node,
    given,
  }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const elsewhere = await given.workspace(user)
    const api = await serviceIn({ node, given }, [workspace])
    const stranger = await serviceIn({ node, given }, [elsewhere])
    const { body } = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id) })
    const { session_token } = body

    const seen = await stranger.call('POST', '/sessions/validation', { session_token })
    expect(seen.body).toMatchObject({ is_valid: false, reason: 'not_found' })
    const ended = await stranger.call('POST', '/sessions/termination', { session_token })
    expect([ended.status, ended.body.code]).toEqual([404, 'session_not_found'])
    const valid = await api.call('POST', '/sessions/validation', { session_token })
    expect(valid.body.is_valid).toBe(true)
  })

  test('is renewed near its end, once for all who ask, and not before', async ({
    node,
    given,
    pass,
  }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const api = await serviceIn({ node, given }, [workspace])
    const { body } = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id) })
    const { session_token } = body

    const early = await api.call('POST', '/sessions/renewal', { session_token })
    expect([early.status, early.body.code]).toEqual([409, 'renewal_too_early'])

    const idle = 25
    for (let at = 0; at < 17; at += 1) {
      await pass(`${idle}m`)
      await api.call('POST', '/sessions/validation', { session_token })
      await node.services.activity.flush()
    }
    const renewals = await Promise.all(
      Array.from({ length: 10 }, () => api.call('POST', '/sessions/renewal', { session_token })),
    )
    expect(new Set(renewals.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(renewals.map((one) => one.body.session_token)).size).toBe(1)
    expect(renewals[0]?.body.session.renewals).toBe(1)
  })
})
