import type { SessionManager } from '@sojourn/sdk'
import { POLICY_AGE } from '../../../src/decisions/policies.ts'
import { parseId } from '../../../src/ids.ts'
import { JOBS } from '../../../src/jobs.ts'
import { createSession } from '../../../src/sessions/manager/create-session.ts'
import { managedOn } from '../../sdk/managed.ts'
import { askAcross } from '../../support/across.ts'
import { test as base, expect, type TestDatabase } from '../../support/database.ts'
import { type Node, startNode } from '../../support/world.ts'

const RULES = `
session_manager:
  token_generation: { expiration_time: 1h }
  renewal: { auto_renewal: false, renewal_threshold: 20m, max_renewals: 4, renewal_grace_period: 5m }
  security:
    session_policies: { idle_timeout: 30m, max_session_duration: 3h, absolute_timeout: 4h }`
const MINUTE = 60_000

interface Stage {
  readonly node: Node
  readonly sessions: SessionManager
  readonly database: TestDatabase
}

const test = base.extend<{ stage: Stage }>({
  stage: async ({ database }, use) => {
    const node = await startNode(database, RULES)
    const { sessions } = await managedOn(node)
    await use({ node, sessions, database })
    await node.close()
  },
})

/** A new session, and how it is used, asked after and kept from being idle. */
async function madeBy({ sessions, node, database }: Stage) {
  const { sessionToken: token, session } = await sessions.createSession('user123')
  const id = parseId('ses', session.sessionId)
  const values = [id]
  return {
    token,
    session,
    end: (sql: string) => ({ sql: `SELECT ${sql} FROM session WHERE id = $1`, values }),
    isValid: async () => (await sessions.validateSession(token, { background: true })).isValid,
    use: async () => {
      await sessions.validateSession(token)
      await node.services.activity.flush()
    },
    stayAwake: () =>
      database.pool.query('UPDATE session SET last_seen_at = now() WHERE id = $1', values),
  }
}

const TILL_THEN = { before: new Set([true]), after: new Set([false]) }
const FROM_THEN = { before: new Set([false]), after: new Set([true]) }

test.describe('to the very moment', () => {
  test('a session without activity is good for the idle time', async ({ stage }) => {
    const { end, isValid } = await madeBy(stage)
    const idle = end('last_seen_at + make_interval(secs => 1800)')
    expect(await askAcross(stage.database, idle, isValid)).toEqual(TILL_THEN)
  })

  test('a session in use is good for its longest duration', async ({ stage }) => {
    const { end, isValid, stayAwake, session } = await madeBy(stage)
    const lives = session.absoluteEndAt.getTime() - session.createdAt.getTime()
    expect(lives).toBe(180 * MINUTE)
    // A token that would outlive it is no help.
    await stage.database.pool.query(`UPDATE session SET token_end_at = now() + interval '1 day'`)
    const ask = async () => {
      await stayAwake()
      return isValid()
    }
    const told = await askAcross(stage.database, end('absolute_end_at'), ask)
    expect(told).toEqual(TILL_THEN)
  })

  test('a token is good for its lifetime, and its session may live on', async ({ stage }) => {
    const { end, isValid, stayAwake, token, session } = await madeBy(stage)
    const ask = async () => {
      await stayAwake()
      return isValid()
    }
    expect(await askAcross(stage.database, end('token_end_at'), ask)).toEqual(TILL_THEN)
    expect(await stage.sessions.validateSession(token)).toMatchObject({
      reason: 'expired',
      next: { act: 'renew' },
    })
    const [live] = await stage.sessions.getActiveSessions('user123')
    expect(live?.sessionId).toBe(session.sessionId)
  })

  test('a token may be renewed from the threshold on', async ({ stage }) => {
    const { end, stayAwake, token } = await madeBy(stage)
    const ask = async () => {
      await stayAwake()
      const refusal = await stage.sessions.renewSession(token).then(() => null, codeOf)
      expect([null, 'renewal_too_early']).toContain(refusal)
      return refusal === null
    }
    const from = end('token_end_at - make_interval(secs => 1200)')
    expect(await askAcross(stage.database, from, ask)).toEqual(FROM_THEN)
  })

  test('a replaced token is answered for the grace period', async ({ stage }) => {
    const { end, isValid, stayAwake, token } = await madeBy(stage)
    await stage.database.pass('45m')
    await stayAwake()
    await stage.sessions.renewSession(token)
    const grace = end('renewed_at + make_interval(secs => 300)')
    expect(await askAcross(stage.database, grace, isValid)).toEqual(TILL_THEN)
    expect(await stage.sessions.validateSession(token)).toMatchObject({ endCause: 'reuse' })
  })

  test('permissions for a while are there until their end', async ({ stage }) => {
    const { sessions, database } = stage
    const { token, stayAwake } = await madeBy(stage)
    await sessions.setSessionPermissions(token, ['write'], { lifetime: 600 })
    const ask = async () => {
      await stayAwake()
      const judged = await sessions.validateSession(token, { background: true })
      return judged.isValid && judged.session.permissions.includes('write')
    }
    const end = { sql: 'SELECT end_at FROM elevation', values: [] }
    expect(await askAcross(database, end, ask)).toEqual(TILL_THEN)
  })
})

test.describe('a renewal', () => {
  test('is still given a moment after the token expired, and not later', async ({ stage }) => {
    const { database, sessions } = stage
    const [soon, late] = [await madeBy(stage), await madeBy(stage)]
    await database.pass('64m')
    await Promise.all([soon.stayAwake(), late.stayAwake()])
    expect((await sessions.renewSession(soon.token)).session.renewals).toBe(1)
    await database.pass('61s')
    await late.stayAwake()
    expect(await sessions.renewSession(late.token).catch(codeOf)).toBe('session_expired')
  })

  test('never leads beyond the absolute end, whatever renews', async ({ stage }) => {
    const { database, sessions } = stage
    const { token: first, session, stayAwake } = await madeBy(stage)
    let token = first
    const ends: number[] = []
    for (const minutes of [55, 55, 55]) {
      await database.pass(`${minutes}m`)
      await stayAwake()
      const renewed = await sessions.renewSession(token)
      token = renewed.sessionToken
      const { createdAt, absoluteEndAt, tokenExpiresAt } = renewed.session
      expect(absoluteEndAt.getTime() - createdAt.getTime()).toBe(180 * MINUTE)
      expect(tokenExpiresAt?.getTime()).toBeLessThanOrEqual(absoluteEndAt.getTime())
      ends.push(Number(tokenExpiresAt) - createdAt.getTime())
    }
    expect(ends.at(-1)).toBe(180 * MINUTE)
    await database.pass('10m')
    await stayAwake()
    expect(await sessions.renewSession(token).catch(codeOf)).toBe('renewals_exhausted')
    await database.pass('6m')
    await stayAwake()
    expect(await sessions.validateSession(token)).toMatchObject({ reason: 'expired' })
    expect(await sessions.renewSession(token).catch(codeOf)).toBe('session_expired')
    expect(await sessions.getActiveSessions('user123')).toEqual([])
    expect(session.renewals).toBe(0)
  })

  test('comes as often as the policy says, and then only a login leads on', async ({
    database,
  }) => {
    const often = RULES.replace('max_session_duration: 3h', 'max_session_duration: 4h')
    const node = await startNode(database, often.replace('max_renewals: 4', 'max_renewals: 2'))
    const { sessions } = await managedOn(node)
    const { token: first, stayAwake } = await madeBy({ sessions, node, database })
    let token = first
    for (const renewals of [1, 2]) {
      await database.pass('45m')
      await stayAwake()
      const renewed = await sessions.renewSession(token)
      expect(renewed.session.renewals).toBe(renewals)
      token = renewed.sessionToken
    }
    await database.pass('45m')
    await stayAwake()
    expect(await sessions.renewSession(token).catch(codeOf)).toBe('renewals_exhausted')
    expect(await sessions.validateSession(token)).toMatchObject({
      isValid: true,
      next: { act: 'log_in' },
    })
    await node.close()
  })
})

test.describe('activity', () => {
  test('keeps a session alive, and a poll does not', async ({ stage }) => {
    const { database, sessions } = stage
    const [used, polled] = [await madeBy(stage), await madeBy(stage)]
    await database.pass('20m')
    await used.use()
    expect(await polled.isValid()).toBe(true)
    await stage.node.services.activity.flush()
    await database.pass('20m')
    expect([await used.isValid(), await polled.isValid()]).toEqual([true, false])
    expect(await sessions.validateSession(polled.token)).toMatchObject({ endCause: 'idle' })
  })

  test('in whatever else is asked of a session is none', async ({ stage }) => {
    const { database, sessions } = stage
    const { token, isValid } = await madeBy(stage)
    await database.pass('20m')
    await sessions.getActiveSessions('user123')
    await sessions.getSessionAnalytics(token)
    await sessions.setSessionPermissions(token, ['write'])
    await sessions.updateSessionContext(token, { deviceId: 'laptop' })
    await stage.node.services.activity.flush()
    await database.pass('11m')
    expect(await isValid()).toBe(false)
  })
})

test('the absolute timeout counts from the authentication', async ({ database }) => {
  const node = await startNode(database, RULES)
  const { user, workspace } = await managedOn(node)
  const made = await createSession(node.services, {
    holder: { kind: 'user', userId: user.id, roles: ['member'] },
    workspaceId: workspace.id,
    clientId: null,
    context: {},
    acr: null,
    amr: [],
    authTime: new Date(Date.now() - 150 * MINUTE),
    priority: null,
    by: { kind: 'operator' },
  })
  const { absoluteEndAt, authTime } = made.session
  expect(absoluteEndAt.getTime() - Number(authTime)).toBe(240 * MINUTE)
  await node.close()
})

test('a tightened policy reaches running sessions within a minute', () => {
  const job = JOBS.find(({ name }) => name === 'sessions.tighten')
  // Twice at the most: what it reads may be just about to change, and jobs come somewhat irregularly.
  expect(Number(job?.every) * 2 * 1.2 + POLICY_AGE).toBeLessThanOrEqual(60)
})

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code
}
