import { SessionManager } from '@sojourn/sdk'
import type { Policy } from '../../src/decisions/policy.ts'
import { setPolicy } from '../../src/decisions/set-policy.ts'
import { PROBLEMS } from '../../src/http/middleware/problems.ts'
import { SESSION_ERROR_CODES, SessionError } from '../../src/sdk/errors.ts'
import { expect, test } from '../support/world.ts'
import { managedOn } from './managed.ts'

test.describe('the SDK', () => {
  test('knows every code of the server', () => {
    expect([...SESSION_ERROR_CODES].sort()).toEqual(Object.keys(PROBLEMS).sort())
  })

  test('makes, checks and ends a session of a person in its directory', async ({ node }) => {
    const { sessions, workspace } = await managedOn(node)
    const made = await sessions.createSession('user123', {
      ipAddress: '203.0.113.77',
      userAgent: 'Mozilla/5.0',
      deviceId: 'device-1',
      location: { country: 'DE' },
    })
    expect(made.session).toMatchObject({ kind: 'api', workspaceSlug: workspace.slug, renewals: 0 })
    expect(made.session.createdAt).toBeInstanceOf(Date)

    const judged = await sessions.validateSession(made.sessionToken)
    expect(judged).toMatchObject({ isValid: true, session: { sessionId: made.session.sessionId } })
    expect(await sessions.getActiveSessions('user123')).toHaveLength(1)

    await sessions.terminateSession(made.sessionToken)
    await sessions.terminateSession(made.sessionToken)
    expect(await sessions.validateSession(made.sessionToken)).toMatchObject({
      isValid: false,
      reason: 'invalidated',
      endCause: 'administrator',
    })
    expect(await sessions.getActiveSessions('user123')).toEqual([])
  })

  test('logs a person out of all devices', async ({ node }) => {
    const { sessions } = await managedOn(node)
    const [one, other] = await Promise.all([
      sessions.createSession('user123'),
      sessions.createSession('user123'),
    ])
    expect(await sessions.terminateAllUserSessions('user123')).toBe(2)
    for (const { sessionToken } of [one, other])
      expect((await sessions.validateSession(sessionToken)).isValid).toBe(false)
  })

  test('holds a session of the service itself', async ({ node }) => {
    const { sessions, workspace } = await managedOn(node)
    const made = await sessions.createServiceSession({ ipAddress: '192.0.2.9' })
    expect(made.session).toMatchObject({
      kind: 'service',
      userId: null,
      workspaceSlug: workspace.slug,
    })
    expect(await sessions.validateSession(made.sessionToken)).toMatchObject({ isValid: true })
    const held = await sessions.getServiceSessions()
    expect(held.map(({ sessionId }) => sessionId)).toEqual([made.session.sessionId])
    await sessions.terminateSession(made.sessionToken)
    expect(await sessions.getServiceSessions()).toEqual([])
  })

  test('throws refusals with their code and what would help', async ({ node }) => {
    const { sessions } = await managedOn(node)
    const { sessionToken } = await sessions.createSession('user123')
    const early = await sessions.renewSession(sessionToken).catch((error: unknown) => error)
    expect(early).toBeInstanceOf(SessionError)
    expect(early).toMatchObject({ code: 'renewal_too_early', status: 409 })
    expect((early as SessionError).retryAfter).toBeGreaterThan(6 * 3600)
    await expect(sessions.createSession('nobody')).rejects.toMatchObject({ code: 'user_not_found' })
    expect(await sessions.validateSession('garbage')).toMatchObject({ reason: 'malformed' })
  })

  test('spells reasons alike, counted or told', async ({ node }) => {
    const { sessions } = await managedOn(node)
    const { sessionToken } = await sessions.createSession('user123', { deviceId: 'laptop' })
    const elsewhere = { context: { deviceId: 'phone' } }
    const judged = await sessions.validateSession(sessionToken, elsewhere)
    expect(judged).toMatchObject({ reason: 'context_mismatch' })
    await node.services.figures.flush()
    const { failedValidations } = await sessions.getSessionAnalytics(sessionToken)
    expect(failedValidations).toEqual({ context_mismatch: 1 })
  })

  test('throws one kind of error, also where no server answers or another one', async ({
    node,
  }) => {
    const { issuer } = node
    const client = { clientId: 'a', clientSecret: 'b' }
    const nobody = new SessionManager({ issuer: 'http://127.0.0.1:9', ...client })
    const page: typeof fetch = async () => new Response('<html>', { status: 200 })
    const portal = new SessionManager({ issuer, ...client, fetch: page })
    for (const sessions of [nobody, portal])
      await expect(sessions.getActiveSessions('user123')).rejects.toMatchObject({
        name: 'SessionError',
        code: 'unavailable',
        status: 0,
      })
    const wrong = new SessionManager({ issuer, ...client })
    await expect(wrong.getActiveSessions('user123')).rejects.toMatchObject({
      name: 'SessionError',
      code: 'invalid_credentials',
      status: 401,
    })

    let isCut = true
    const through: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      if (!isCut || String(input).endsWith('/token')) return answer
      return new Response((await answer.text()).slice(0, 5), answer)
    }
    const sessions = (await managedOn(node)).manager({ fetch: through })
    await expect(sessions.getActiveSessions('user123')).rejects.toMatchObject({
      code: 'unavailable',
    })
    isCut = false
    expect(await sessions.getActiveSessions('user123')).toEqual([])
  })

  test('says who would leave for a session, and makes it', async ({ node }) => {
    const { sessions, workspace } = await managedOn(node)
    const rules = { concurrent: { perUser: { max: 1, onReaching: 'evict_lowest_priority' } } }
    const policy = { level: 'workspace', subject: workspace.id, rules } as const
    await setPolicy(node.services.db, {
      policy: policy as Policy,
      workspaceId: workspace.id,
      by: { kind: 'operator' },
    })
    const first = await sessions.createSession('user123', {}, { priority: 5 })
    const low = { priority: 4 }
    expect(await sessions.previewSession('user123', {}, low)).toMatchObject({
      outcome: 'denied',
      reached: { count: 1, next: { act: 'end_sessions', number: 1 } },
    })
    await expect(sessions.createSession('user123', {}, low)).rejects.toMatchObject({
      code: 'limit_reached',
      details: { priority_needed: 5 },
    })
    const preview = await sessions.previewSession('user123', {}, { priority: 6 })
    expect(preview).toMatchObject({
      outcome: 'admitted',
      wouldEvict: [{ id: first.session.sessionId }],
    })
    expect(preview.wouldEvict[0]?.createdAt).toBeInstanceOf(Date)
    const second = await sessions.createSession('user123', {}, { priority: 6 })
    expect(second.evicted).toEqual([first.session.sessionId])
  })
})
