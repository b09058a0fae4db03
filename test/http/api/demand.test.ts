import { ownApi } from '../../../src/clients/own-api.ts'
import { mustMeet } from '../../../src/http/api/demand.ts'
import { apiOperations } from '../../../src/http/api/routes.ts'
import { formatId } from '../../../src/ids.ts'
import { expect, personIn, serviceIn, test } from './stage.ts'

test.describe('an act that wants a recent proof', () => {
  test('is done for a person who has just logged in', async ({ node, given }) => {
    const { api } = await personIn({ node, given })
    expect((await api.call('POST', '/me/sessions/others/termination', {})).status).toBe(200)
  })

  test('is refused later, in words that an application understands', async ({ node, given }) => {
    const { api, user } = await personIn({ node, given })
    await node.services.pool.query(`UPDATE login SET auth_time = auth_time - interval '11 minutes'`)
    const acts = [
      ['POST', '/me/sessions/others/termination', {}],
      ['POST', `/users/${formatId('usr', user.id)}/sessions/termination`, {}],
      ['POST', '/sessions/permissions', { session_token: 'x', permissions: [] }],
      ['PUT', '/sessions/ses_01m89ypa2ree0b7bf8c5dqqf4z/permissions', { permissions: [] }],
      ['POST', '/elevations/elv_01m89ypa2ree0b7bf8c5dqqf4z/decision', { decision: 'grant' }],
    ] as const
    for (const [method, path, body] of acts) {
      const refused = await api.call(method, path, body)
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toBe(
        'Bearer realm="sojourn", error="insufficient_user_authentication", ' +
          'error_description="a more recent authentication is required", max_age="600"',
      )
      expect(refused.body).toMatchObject({ code: 'step_up_required', max_age: 600 })
    }
    expect((await api.call('GET', '/me/sessions')).status).toBe(200)
    expect(await node.services.db.prisma.session.count({ where: { endedAt: null } })).toBe(1)
  })

  test('asks nothing of a service', async ({ node, given }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const api = await serviceIn({ node, given }, [workspace])
    const path = `/users/${formatId('usr', user.id)}/sessions/termination`
    expect((await api.call('POST', path, {})).status).toBe(200)
  })

  test('is whatever ends sessions by their names, or gives more than a role does', () => {
    const demanding = apiOperations({} as never).filter(({ demands }) => demands)
    expect(demanding.map(({ id, demands }) => [id, demands?.maxAge])).toEqual(
      [
        'endSession',
        'setSessionPermissions',
        'setPermissionsOfSession',
        'decideElevation',
        'terminateAllUserSessions',
        'endOwnSession',
        'endOtherOwnSessions',
      ].map((id) => [id, 600]),
    )
  })

  test('says so in the documentation', async ({ node }) => {
    const response = await fetch(`${ownApi(node.issuer)}/openapi.json`)
    const { paths } = await response.json()
    const { responses } = paths['/me/sessions/others/termination'].post
    expect(responses['401'].description).toContain('step_up_required')
  })
})

test.describe('an act that wants a level', () => {
  const readAt = new Date('2026-01-01T12:00:00Z')
  const authTime = new Date('2026-01-01T11:50:00Z')

  /** What a person of this level is answered. */
  function answerTo(acr: string | null, demand: object) {
    const headers: Record<string, string> = {}
    const ctx = { set: (name: string, value: string) => Object.assign(headers, { [name]: value }) }
    const caller = { kind: 'person', session: { acr, authTime, readAt } }
    try {
      mustMeet(ctx as never, caller as never, demand)
      return 'done'
    } catch (error) {
      return { code: (error as { code: string }).code, ...headers }
    }
  }

  test('names the level that would do', () => {
    expect(answerTo('urn:sojourn:aal1', { acr: 'urn:sojourn:aal2', maxAge: 600 })).toEqual({
      code: 'step_up_required',
      'WWW-Authenticate':
        'Bearer realm="sojourn", error="insufficient_user_authentication", ' +
        'error_description="a different authentication level is required", ' +
        'acr_values="urn:sojourn:aal2", max_age="600"',
    })
  })

  for (const [name, acr, demand, done] of [
    ['is done by who has it', 'urn:sojourn:aal2', { acr: 'urn:sojourn:aal2' }, true],
    ['is done by who has more', 'urn:sojourn:aal2', { acr: 'urn:sojourn:aal1' }, true],
    ['is not done in an offline session', null, { acr: 'urn:sojourn:aal1' }, false],
    ['and an age is done at that very age', 'urn:sojourn:aal2', { maxAge: 600 }, true],
    ['and an age is not done a second later', 'urn:sojourn:aal2', { maxAge: 599 }, false],
  ] as const)
    test(name, () => {
      expect(answerTo(acr, demand) === 'done').toBe(done)
    })
})
