import { formatId } from '../../src/ids.ts'
import { addMember } from '../../src/workspaces/add-member.ts'
import { expect, test } from '../support/world.ts'
import { managedOn, SCOPE } from './managed.ts'

const MINUTE = 60_000
const by = { kind: 'operator' } as const

test.describe('the nine functions, as they are asked for', () => {
  test('createSession makes a session for a person of the directory', async ({ node }) => {
    const { sessions, user, workspace } = await managedOn(node)
    const { sessionToken, session } = await sessions.createSession('user123', {
      ipAddress: '192.0.2.1',
      userAgent: 'Mozilla/5.0',
      deviceId: 'device123',
      location: { country: 'US', city: 'New York' },
    })
    expect(sessionToken.split('.')).toHaveLength(3)
    expect(session).toMatchObject({
      userId: formatId('usr', user.id),
      workspaceId: formatId('wsp', workspace.id),
    })
    const own = await sessions.createSession(formatId('usr', user.id))
    expect(own.session.userId).toBe(session.userId)
  })

  test('createSession goes to the workspace of both, or asks which', async ({ node, given }) => {
    const { sessions, user, workspace, admitTo } = await managedOn(node)
    const [other, foreign] = [await given.workspace(), await given.workspace()]
    for (const { id: workspaceId } of [other, foreign])
      await addMember(node.services.db, { workspaceId, userId: user.id, roles: ['member'], by })

    // The person is in three, and the service in one of them.
    expect((await sessions.createSession('user123')).session.workspaceSlug).toBe(workspace.slug)
    await admitTo(other)
    await expect(sessions.createSession('user123')).rejects.toMatchObject({
      code: 'workspace_required',
    })
    for (const workspaceId of [other.slug, formatId('wsp', other.id)]) {
      const { session } = await sessions.createSession('user123', { workspaceId })
      expect(session.workspaceSlug).toBe(other.slug)
    }
    await expect(
      sessions.createSession('user123', { workspaceId: foreign.slug }),
    ).rejects.toMatchObject({ code: 'not_a_member' })
  })

  test('validateSession answers with the session, or a reason', async ({ node }) => {
    const { sessions } = await managedOn(node)
    const { sessionToken, session } = await sessions.createSession('user123')
    const { isValid, ...answer } = await sessions.validateSession(sessionToken)
    expect(isValid).toBe(true)
    expect(answer).toMatchObject({ session: { sessionId: session.sessionId } })
    expect(await sessions.validateSession('not a token')).toEqual({
      isValid: false,
      reason: 'malformed',
      endCause: null,
      next: { act: 'log_in', by: null },
      viewAgeMs: 0,
    })
  })

  test('renewSession gives a new token and a later end, in the same context', async ({
    node,
    database,
  }) => {
    const { sessions } = await managedOn(node)
    const before = await sessions.createSession('user123', { deviceId: 'device123' })
    await database.pass('450m')
    await database.pool.query('UPDATE session SET last_seen_at = now()')
    const after = await sessions.renewSession(before.sessionToken)
    expect(after.sessionToken).not.toBe(before.sessionToken)
    const lives = (made: Pick<typeof before, 'session'>) =>
      Number(made.session.tokenExpiresAt) - made.session.createdAt.getTime()
    expect(lives(after)).toBeGreaterThan(lives(before) + 449 * MINUTE)
    expect(after.session.sessionId).toBe(before.session.sessionId)
    const elsewhere = { context: { deviceId: 'another' } }
    expect(await sessions.validateSession(after.sessionToken, elsewhere)).toMatchObject({
      reason: 'context_mismatch',
    })
  })

  test('terminateSession, twice, and terminateAllUserSessions leave none', async ({ node }) => {
    const { sessions } = await managedOn(node)
    const { sessionToken } = await sessions.createSession('user123')
    await sessions.createSession('user123')
    await sessions.createSession('user123')
    await sessions.terminateSession(sessionToken)
    await sessions.terminateSession(sessionToken)
    expect(await sessions.getActiveSessions('user123')).toHaveLength(2)
    expect(await sessions.terminateAllUserSessions('user123')).toBe(2)
    expect(await sessions.getActiveSessions('user123')).toEqual([])
    expect(await sessions.terminateAllUserSessions('user123')).toBe(0)
  })

  test('updateSessionContext takes a last activity, which moves nothing', async ({ node }) => {
    const { sessions } = await managedOn(node)
    const { sessionToken, session } = await sessions.createSession('user123')
    for (const days of [-30, -1, 0, 1, 30]) {
      const lastActivity = new Date(Date.now() + days * 24 * 60 * MINUTE)
      const told = await sessions.updateSessionContext(sessionToken, {
        lastActivity,
        location: { country: 'US', city: 'Boston' },
      })
      expect(told.lastSeenAt).toEqual(session.lastSeenAt)
      expect(told.idleEndAt).toEqual(session.idleEndAt)
      const { lastActivity: stored } = await sessions.getSessionAnalytics(sessionToken)
      expect(stored).toEqual(session.lastSeenAt)
    }
  })

  test('setSessionPermissions gives them for 15 minutes, for no reason', async ({ node }) => {
    const { sessions } = await managedOn(node)
    const { sessionToken } = await sessions.createSession('user123')
    const asked = Date.now()
    const elevation = await sessions.setSessionPermissions(sessionToken, ['read', 'write'])
    expect(elevation).toMatchObject({ state: 'granted', reason: 'unspecified' })
    const minutes = (Number(elevation?.endAt) - asked) / MINUTE
    expect(Math.round(minutes)).toBe(15)
    const judged = await sessions.validateSession(sessionToken)
    expect(judged).toMatchObject({
      session: { permissions: ['read', 'write'], elevatedUntil: elevation?.endAt },
    })
    await expect(sessions.setSessionPermissions(sessionToken, ['admin'])).rejects.toMatchObject({
      code: 'permission_denied',
      details: { not_allowed: ['admin'] },
    })
    expect(await sessions.setSessionPermissions(sessionToken, [])).toBeNull()
    expect(await sessions.validateSession(sessionToken)).toMatchObject({
      session: { permissions: ['read'], elevatedUntil: null },
    })
  })

  test('getSessionAnalytics tells how a session was used', async ({ node, database }) => {
    const { sessions, manager } = await managedOn(node)
    const context = { deviceId: 'device123', location: { country: 'US' } }
    const { sessionToken, session } = await sessions.createSession('user123', context)
    await sessions.validateSession(sessionToken)
    await sessions.validateSession(sessionToken, { context: { deviceId: 'another' } })
    await Promise.all([node.services.activity.flush(), node.services.figures.flush()])
    await database.pass('7m')
    const { duration, clients, lastActivity, ...rest } =
      await sessions.getSessionAnalytics(sessionToken)
    expect(Math.floor(duration)).toBe(7)
    expect(clients).toHaveLength(1)
    expect(lastActivity).toBeInstanceOf(Date)
    expect(rest).toEqual({
      sessionId: session.sessionId,
      validations: 1,
      failedValidations: { context_mismatch: 1 },
      renewals: 0,
      devices: 1,
      networks: 0,
      countries: ['US'],
    })
    const blind = manager({ scope: SCOPE.replace('sessions:read ', '') })
    await expect(blind.getSessionAnalytics(sessionToken)).rejects.toMatchObject({
      code: 'insufficient_scope',
      status: 403,
    })
  })
})
