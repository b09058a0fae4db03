import { setPolicy } from '../../../src/decisions/set-policy.ts'
import { PASSWORD_PROOF } from '../../../src/sessions/login/login.ts'
import { startLogin } from '../../../src/sessions/login/start-login.ts'
import { createSession } from '../../../src/sessions/manager/create-session.ts'
import { heldIn, placeOn } from '../place.ts'
import { expect, type Stage, test } from '../stage.ts'

const by = { kind: 'operator' } as const

async function sentBy({ proxy }: Stage, work: () => Promise<unknown>): Promise<string[]> {
  const executed = await proxy.executed(work)
  return executed.map(({ text }) => text)
}

const ofLimits = (text: string) => /advisory|counted/.test(text)

/** The three ways in: a login, a session of a login, a session without one. */
async function waysIn(stage: Stage) {
  const place = await placeOn(stage)
  const { services } = stage.node
  const context = { userAgent: 'Test/1.0' }
  return {
    place,
    login: () => startLogin(services, { userId: place.user.id, proof: PASSWORD_PROOF, context }),
    enter: async () => expect(heldIn(await place.ask()).code).toBeDefined(),
    create: () =>
      createSession(services, {
        holder: { kind: 'user', userId: place.user.id, roles: ['member'] },
        workspaceId: place.workspace.id,
        clientId: null,
        context,
        acr: null,
        amr: [],
        authTime: null,
        priority: null,
        by,
      }),
  }
}

test.describe('a limit costs', () => {
  test('nothing where none applies', async ({ stage }) => {
    const { login, enter, create } = await waysIn(stage)
    await stage.node.services.policies.refresh()
    for (const way of [login, enter, create])
      expect((await sentBy(stage, way)).filter(ofLimits)).toEqual([])
    const sent = await sentBy(stage, login)
    expect(sent, sent.join('\n')).toHaveLength(1)
  })

  test('nothing where one is set somewhere else', async ({ stage }) => {
    const { login, enter, create } = await waysIn(stage)
    const other = await stage.given.workspace()
    const rules = { concurrent: { perUser: { max: 1, onReaching: 'deny' } } } as const
    const policy = { level: 'workspace', subject: other.id, rules } as const
    await setPolicy(stage.node.services.db, { policy, workspaceId: null, by })
    await stage.node.services.policies.refresh()
    for (const way of [login, enter, create])
      expect((await sentBy(stage, way)).filter(ofLimits)).toEqual([])
  })

  test('one lock and one count where it applies', async ({ stage }) => {
    const { place, create } = await waysIn(stage)
    const rules = { concurrent: { perUser: { max: 5, onReaching: 'deny' } } } as const
    const policy = { level: 'workspace', subject: place.workspace.id, rules } as const
    await setPolicy(stage.node.services.db, { policy, workspaceId: null, by })
    await stage.node.services.policies.refresh()
    expect((await sentBy(stage, create)).filter(ofLimits)).toHaveLength(2)
  })
})
