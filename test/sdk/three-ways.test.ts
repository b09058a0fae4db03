import { SessionManager } from '@sojourn/sdk'
import { ownApi } from '../../src/clients/own-api.ts'
import { apiOperations } from '../../src/http/api/routes.ts'
import { PROBLEMS } from '../../src/http/middleware/problems.ts'
import { activeSessionsOf } from '../../src/sessions/manager/active-sessions.ts'
import { createSession } from '../../src/sessions/manager/create-session.ts'
import { getSessionAnalytics } from '../../src/sessions/manager/get-analytics.ts'
import { asError, renewSession } from '../../src/sessions/manager/renew-session.ts'
import { setSessionPermissions } from '../../src/sessions/manager/set-permissions.ts'
import {
  terminateAllUserSessions,
  terminateSession,
} from '../../src/sessions/manager/terminate-session.ts'
import { updateSessionContext } from '../../src/sessions/manager/update-context.ts'
import { validateSession } from '../../src/sessions/manager/validate-session.ts'
import { expect, type Node, startNode, test } from '../support/world.ts'
import { type Managed, managedOn, nineCalls } from './managed.ts'

const IN_PROCESS = {
  createSession,
  validateSession,
  renewSession,
  terminateSession,
  getActiveSessions: activeSessionsOf,
  terminateAllUserSessions,
  updateSessionContext,
  setSessionPermissions,
  getSessionAnalytics,
}
const NAMES = Object.keys(IN_PROCESS).sort()
const by = { kind: 'operator' } as const
const RENEWABLE = `
session_manager:
  token_generation: { expiration_time: 1h }
  renewal: { auto_renewal: false, renewal_threshold: 1h }`

test.describe('in process, over HTTP and in the SDK', () => {
  test('the nine functions have the same names', async ({ node }) => {
    const { sessions } = await managedOn(node)
    expect(Object.keys(nineCalls(sessions, '')).sort()).toEqual(NAMES)
    const inSdk = Object.getOwnPropertyNames(SessionManager.prototype)
    const overHttp = apiOperations(node.services).map(({ id }) => id)
    for (const name of NAMES) {
      expect(inSdk).toContain(name)
      expect(overHttp).toContain(name)
    }
  })

  test('they answer in the same shapes', async ({ database }) => {
    const node = await startNode(database, RENEWABLE)
    const managed = await managedOn(node)
    const [here, there, wire] = [
      await answersHere(node, managed),
      await answersOfSdk(managed.sessions),
      await answersOverHttp(node, managed),
    ]
    for (const [what, answer] of Object.entries(here)) {
      expect([what, shapeOf(there[what])]).toEqual([what, shapeOf(answer)])
      expect([what, shapeOf(wire[what])]).toEqual([what, shapeOf(answer)])
    }
    await node.close()
  })

  test('a bad token has the same reasons and codes', async ({ node }) => {
    const { sessions } = await managedOn(node)
    const { sessionToken } = await sessions.createSession('user123')
    await sessions.terminateSession(sessionToken)
    for (const [token, reason] of [
      ['garbage', 'malformed'],
      [sessionToken, 'invalidated'],
    ] as const) {
      const there = await sessions.validateSession(token)
      const here = await validateSession(node.services, token)
      expect([here, there]).toMatchObject([{ reason }, { reason }])
      const { code } = asError(reason)
      await expect(renewSession(node.services, token)).rejects.toMatchObject({ code })
      await expect(sessions.renewSession(token)).rejects.toMatchObject({
        code,
        status: PROBLEMS[code].status,
        details: { reason },
      })
    }
  })
})

type Answers = Readonly<Record<string, unknown>>

async function answersHere({ services }: Node, { user, workspace }: Managed): Promise<Answers> {
  const issued = await createSession(services, {
    holder: { kind: 'user', userId: user.id, roles: ['member'] },
    workspaceId: workspace.id,
    clientId: null,
    context: {},
    acr: null,
    amr: [],
    authTime: null,
    priority: null,
    by,
  })
  const { sessionToken: token } = issued
  const { elevation } = await setSessionPermissions(services, token, ['write'], { by })
  const { id: elevationId, ...rest } = elevation!
  return {
    issued,
    valid: await validateSession(services, token),
    renewed: await renewSession(services, token),
    replaced: await validateSession(services, token),
    session: await updateSessionContext(services, token, {}, { by }),
    elevation: { elevationId, ...rest },
    analytics: await getSessionAnalytics(services, token),
    listed: (await activeSessionsOf(services.db, user.id, undefined))[0],
    invalid: await validateSession(services, 'garbage'),
  }
}

async function answersOfSdk(sessions: SessionManager): Promise<Answers> {
  const issued = await sessions.createSession('user123')
  const { sessionToken: token } = issued
  return {
    issued,
    elevation: await sessions.setSessionPermissions(token, ['write']),
    valid: withToken(await sessions.validateSession(token)),
    renewed: await sessions.renewSession(token),
    replaced: await sessions.validateSession(token),
    session: await sessions.updateSessionContext(token, {}),
    analytics: await sessions.getSessionAnalytics(token),
    listed: (await sessions.getActiveSessions('user123'))[0],
    invalid: await sessions.validateSession('garbage'),
  }
}

/** What the SDK is sent for the same calls, before it reads it. */
async function answersOverHttp({ issuer }: Node, { manager }: Managed): Promise<Answers> {
  const bodies: Record<string, unknown>[] = []
  const kept: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init)
    if (String(input).startsWith(ownApi(issuer))) bodies.push(await answer.clone().json())
    return answer
  }
  await answersOfSdk(manager({ fetch: kept }))
  const [issued, set, valid, renewed, replaced, told, analytics, list, invalid] = bodies
  const [listed] = (list as { sessions: unknown[] }).sessions
  const { session } = told ?? {}
  const { elevation } = set ?? {}
  return {
    issued,
    elevation,
    valid: withToken(valid),
    renewed,
    replaced,
    session,
    analytics,
    listed,
    invalid,
  }
}

/** Where no other token takes its place, in process says null and the others say nothing. */
function withToken(valid: object | undefined): object {
  return { sessionToken: null, ...valid }
}

/** The names in an answer, in the order of the alphabet, down to what has no names. */
function shapeOf(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return 'value'
  if (answer instanceof Date) return 'value'
  if (Array.isArray(answer)) return 'list'
  const names = Object.entries(answer).map(([name, value]) => [camelCase(name), shapeOf(value)])
  return Object.fromEntries(names.sort())
}

function camelCase(name: string): string {
  return name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}
