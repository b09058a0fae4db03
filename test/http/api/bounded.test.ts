import { disableUser } from '../../../src/access/disable-user.ts'
import { dismissFromWorkspace } from '../../../src/access/dismiss-client.ts'
import { removeMember } from '../../../src/access/remove-member.ts'
import { closeUser, closeWorkspace, endSession } from '../../../src/sessions/ending/end.ts'
import { changeRoles } from '../../../src/workspaces/change-roles.ts'
import { setRole } from '../../../src/workspaces/set-role.ts'
import { startNode } from '../../support/world.ts'
import {
  bounded,
  expect,
  LONG,
  type Scene,
  sceneOn,
  test,
  withoutNotifications,
} from './bounded-stage.ts'
import type { Body as ApiBody } from './stage.ts'

const by = { kind: 'operator' } as const
const AT_HOME = { ip_address: '194.25.0.1', device_id: 'laptop' }

/** Acts of somebody else: of what they do this node hears through the feed alone. */
const ENDS: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'is ended': ({ node, sessionId }) =>
    endSession(node.services, sessionId, { cause: 'administrator', by }),
  'has a person who is disabled': ({ node, userId }) => disableUser(node.services, userId, by),
  'has a person who is logged out everywhere, by the gate alone': ({ node, userId }) =>
    closeUser(node.services.db, userId, { cause: 'logout_everywhere', by }),
  'is in a workspace that ends, by the gate alone': ({ node, workspaceId }) =>
    closeWorkspace(node.services.db, workspaceId),
  'has a person who is no member any more': ({ node, userId, workspaceId }) =>
    removeMember(node.services, { userId, workspaceId, by }),
  'is put back in time': ({ node, sessionId }) =>
    node.services.pool.query(
      `UPDATE session SET last_seen_at = last_seen_at - interval '1 day' WHERE id = $1`,
      [sessionId],
    ),
  'is cut short': ({ node, sessionId }) =>
    node.services.pool.query('UPDATE session SET absolute_end_at = now() WHERE id = $1', [
      sessionId,
    ]),
  'is deleted': ({ node, sessionId }) =>
    node.services.pool.query('DELETE FROM session WHERE id = $1', [sessionId]),
}

test.describe('a bounded validation', () => {
  test('asks the database nothing, and says how old its view is', async ({ scene, wire }) => {
    let bodies: ApiBody[] = []
    // What is written behind is a change as well, after which the next one reads anew.
    await expect(async () => {
      await scene.remembered()
      bodies = []
      const executed = await wire.executed(async () => {
        for (let at = 0; at < 20; at += 1) bodies.push(await scene.validate())
      })
      expect(executed.filter(({ name }) => name !== 'feed_glance')).toEqual([])
    }).toPass()
    for (const body of bodies) {
      expect(body).toMatchObject({ is_valid: true })
      expect(body.view_age_ms).toBeGreaterThan(0)
      expect(body.view_age_ms).toBeLessThan(60_000)
    }
  })

  test('is strong where the call asks for it, also of who may call', async ({ scene, wire }) => {
    await scene.remembered()
    const executed = await wire.executed(async () => {
      const body = await scene.validate({ consistency: 'strong' })
      expect(body).toMatchObject({ is_valid: true, view_age_ms: 0 })
    })
    const names = executed.map(({ name }) => name).filter((name) => name !== 'feed_glance')
    expect(names).toEqual(['service_callers', 'session_token_check'])
  })

  for (const [what, act] of Object.entries(ENDS))
    test(`says no soon after its session ${what}`, async ({ scene }) => {
      await scene.remembered()
      await act(scene)
      await expect.poll(async () => (await scene.validate()).is_valid).toBe(false)
    })

  test('says no without delay for what ended through this node', async ({ scene }) => {
    await scene.remembered()
    const body = { session_token: scene.sessionToken }
    await scene.api.call('POST', '/sessions/termination', body)
    expect(await scene.validate()).toMatchObject({ is_valid: false, view_age_ms: 0 })
  })

  test('tells of roles, what they allow, and what is given for a while', async ({ scene }) => {
    const { node, userId, workspaceId, sessionToken: session_token } = scene
    const { db } = node.services
    const told = async () => {
      const { session } = await scene.validate()
      return [session.roles, session.permissions]
    }
    await scene.remembered()
    await setRole(db, {
      workspaceId,
      role: { name: 'member', permissions: ['read'], elevations: ['approve'] },
      by,
    })
    await expect.poll(told).toEqual([['member'], ['read']])

    await scene.remembered()
    const elevation = { session_token, permissions: ['approve'], lifetime: 2 }
    await scene.api.call('POST', '/sessions/permissions', elevation)
    await expect.poll(told).toEqual([['member'], ['approve', 'read']])
    // Gone at its time, though nothing is written then.
    await expect.poll(told).toEqual([['member'], ['read']])

    await scene.remembered()
    await changeRoles(db, { workspaceId, userId, roles: ['guest'], by })
    await expect.poll(told).toEqual([['guest'], []])
  })

  test('finds nothing for a service that is not admitted any more', async ({ scene }) => {
    await scene.remembered()
    const { workspaceId } = scene
    const { rows } = await scene.node.services.pool.query('SELECT client_id FROM admission')
    const dismissal = { clientId: rows[0].client_id, workspaceId, by }
    await dismissFromWorkspace(scene.node.services, dismissal)
    await expect.poll(async () => (await scene.validate()).reason).toBe('not_found')
  })

  for (const [what, act] of Object.entries({
    'that is disabled': ({ node }: Scene) =>
      node.services.pool.query('UPDATE client SET disabled_at = now()'),
    'whose token was revoked': async ({ node, api }: Scene) => {
      const found = await node.services.oidc.openAccessToken(api.token)
      await node.services.pool.query(REVOKE, [found?.content.j])
    },
  }))
    test(`refuses a service ${what}`, async ({ scene }) => {
      await scene.remembered()
      await act(scene)
      const body = { session_token: scene.sessionToken }
      const status = async () => (await scene.api.call('POST', '/sessions/validation', body)).status
      await expect.poll(status).toBe(401)
    })

  test('hands out the successor of a token that was replaced elsewhere', async ({
    database,
    scene,
  }) => {
    await scene.remembered()
    await database.pool.query(
      `UPDATE session SET generation = 1, renewed_at = now(),
        token_end_at = now() + interval '2 hours' WHERE id = $1`,
      [scene.sessionId],
    )
    await expect.poll(async () => (await scene.validate()).session_token).toBeTruthy()
    expect(await scene.validate()).toMatchObject({ is_valid: true, view_age_ms: 0 })
  })

  test('takes a successor that it has not heard of yet', async ({ database, scene }) => {
    await scene.remembered()
    await database.pool.query(`UPDATE session SET token_end_at = now() + interval '10 minutes'`)
    const { body } = await scene.api.call('POST', '/sessions/renewal', {
      session_token: scene.sessionToken,
    })
    const again = { session_token: body.session_token }
    const valid = await scene.api.call('POST', '/sessions/validation', again)
    expect(valid.body).toMatchObject({ is_valid: true, session: { renewals: 1 } })
  })

  test('is refused within its bound while a renewal is in flight', async ({ scene, wire }) => {
    const { api, node, sessionId, sessionToken: session_token } = scene
    await node.services.pool.query(
      `UPDATE session SET token_end_at = now() + interval '10 minutes'`,
    )
    await scene.remembered()
    const renewal = wire.hold('session_renew')
    const renewing = api.call('POST', '/sessions/renewal', { session_token })
    await renewal.reached

    await endSession(node.services, sessionId, { cause: 'administrator', by })
    await expect.poll(async () => (await scene.validate()).is_valid).toBe(false)
    renewal.release()
    expect((await renewing).body.code).toBe('session_ended')
    expect(await scene.validate()).toMatchObject({ is_valid: false, reason: 'invalidated' })
  })

  test('lets activity count, and ends an idle session that was only polled', async ({
    database,
    scene,
  }) => {
    await database.pool.query('UPDATE session SET idle_timeout = 2 WHERE id = $1', [
      scene.sessionId,
    ])
    const { activity } = scene.node.services
    const began = Date.now()
    while (Date.now() - began < 4_000) {
      expect((await scene.validate()).is_valid).toBe(true)
      await activity.flush()
    }
    const lastSeen = (await scene.validate({ background: true })).session.last_seen_at
    expect(Date.parse(String(lastSeen))).toBeGreaterThan(began + 2_000)

    await expect
      .poll(async () => (await scene.validate({ background: true })).reason)
      .toBe('expired')
  })

  test('knows a good token by all of its letters', async ({ scene }) => {
    await scene.remembered()
    const { sessionToken, api } = scene
    const last = sessionToken.at(-1) === 'A' ? 'B' : 'A'
    const [head, body, signature = ''] = sessionToken.split('.')
    for (const forged of [
      `${head}.${body}.${last}${signature.slice(1)}`,
      `${head}.${body}.`,
      `${sessionToken}=`,
    ]) {
      const answer = await api.call('POST', '/sessions/validation', { session_token: forged })
      expect(answer.body.is_valid).toBe(false)
    }
    expect((await scene.validate()).is_valid).toBe(true)
  })

  test('counts what it answers', async ({ scene, database }) => {
    await scene.remembered()
    for (let at = 0; at < 10; at += 1) await scene.validate()
    await scene.node.services.figures.flush()
    const { rows } = await database.pool.query('SELECT validations FROM session_figures')
    expect(rows[0].validations).toBeGreaterThan(10)
  })
})

test.describe('the metrics of a node that answers from memory', () => {
  test('say how old its view is, and how often it could answer', async ({ scene }) => {
    await scene.remembered()
    const { text } = await scene.node.services.metrics.scrape()
    const figures = new Map(text.split('\n').map((line) => line.split(' ') as [string, string]))
    expect(Number(figures.get('sojourn_view_age_seconds'))).toBeLessThan(60)
    expect(figures.get('sojourn_feed_failures_total')).toBe('0')
    expect(figures.has('sojourn_feed_records_total')).toBe(true)
    expect(Number(figures.get('sojourn_bounded_checks_total{answer="remembered"}'))).toBe(1)
    expect(figures.has('sojourn_bounded_checks_total{answer="stale"}')).toBe(true)
    expect(figures.has('sojourn_bounded_checks_total{answer="unknown"}')).toBe(true)
  })
})

test.describe('a bounded validation that says where', () => {
  test('comes from memory at the known place, and is judged at any other', async ({ database }) => {
    const node = await startNode(database, bounded(LONG))
    const scene = await sceneOn(node, AT_HOME)
    await scene.remembered()
    const known = await scene.validate({ context: AT_HOME })
    expect(known.view_age_ms).toBeGreaterThan(0)
    const other = await scene.validate({ context: { ...AT_HOME, device_id: 'not mine' } })
    expect(other).toMatchObject({ is_valid: false, reason: 'context_mismatch', view_age_ms: 0 })
    await node.close()
  })
})

test.describe('a connection for notifications that is cut', () => {
  test('costs no more than the bound', async ({ database }) => {
    const node = await startNode(database, bounded('2s'))
    const scene = await sceneOn(node)
    await scene.remembered()
    await withoutNotifications(database, async () => {
      for (let round = 0; round < 5; round += 1) {
        const next = await sceneOn(node)
        await next.remembered()
        await endSession(node.services, next.sessionId, { cause: 'administrator', by })
        const ended = performance.now()
        while ((await next.validate()).is_valid)
          expect(performance.now() - ended).toBeLessThan(2_000)
      }
    })
    await node.close()
  })
})

test.describe('a server whose own way is strong', () => {
  test('answers strongly, whatever a call asks', async ({ database }) => {
    const node = await startNode(database)
    const scene = await sceneOn(node)
    for (let at = 0; at < 5; at += 1)
      expect((await scene.validate({ consistency: 'bounded' })).view_age_ms).toBe(0)
    expect(node.services.view).toBeNull()
    await node.close()
  })

  test('answers from memory where that is permitted and asked for, and else not', async ({
    database,
  }) => {
    const node = await startNode(
      database,
      'session_manager: { validation: { bounded_on_request: true } }',
    )
    const scene = await sceneOn(node)
    const age = async (options?: object) => Number((await scene.validate(options)).view_age_ms)
    await expect.poll(() => age({ consistency: 'bounded' })).toBeGreaterThan(0)
    expect(await age()).toBe(0)
    await node.close()
  })
})

const REVOKE = `INSERT INTO revoked_token (jti, expires_at) VALUES ($1, now() + interval '1 hour')`
