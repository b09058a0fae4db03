import { setPolicy } from '../../../src/decisions/set-policy.ts'
import { endSession } from '../../../src/sessions/ending/end.ts'
import { createSession } from '../../../src/sessions/manager/create-session.ts'
import { decideOnElevation } from '../../../src/sessions/manager/decide-elevation.ts'
import { setPermissionsOfSession } from '../../../src/sessions/manager/set-permissions.ts'
import { setRole } from '../../../src/workspaces/set-role.ts'
import { expect, holdRow, type Stage, somebodyWaits, someWait, test } from '../stage.ts'

const OPERATOR = { kind: 'operator' } as const

test.describe('deciding on an elevation', () => {
  test('is done by one of two who do it at once', async ({ stage }) => {
    const { sessionId, decide, found } = await asked(stage)
    const held = await holdRow(stage, 'SELECT FROM session WHERE id = $1 FOR UPDATE', [sessionId])
    const both = [decide('granted', 0), decide('refused', 1)]
    await someWait(stage, 2)
    await held.release()

    const outcomes = await Promise.all(both)
    expect(outcomes.toSorted()).toEqual(['conflict', 'done'])
    const state = outcomes[0] === 'done' ? 'granted' : 'refused'
    expect(await found()).toEqual({ state, decisions: 1 })
  })

  test('comes too late once the session has ended', async ({ stage }) => {
    const { sessionId, decide, found } = await asked(stage)
    const commit = stage.ender.proxy.holdCommitOf('sessions_end')
    const ended = endSession(stage.ender, sessionId, { cause: 'administrator', by: OPERATOR })
    await commit.reached
    const decided = decide('granted', 0)
    await somebodyWaits(stage, decided)
    commit.release()
    await ended

    expect(await decided).toBe('conflict')
    expect(await found()).toEqual({ state: 'asked', decisions: 0 })
  })

  test('comes too late once it was taken back', async ({ stage }) => {
    const { sessionId, decide, found } = await asked(stage)
    const commit = stage.proxy.holdCommitOf('elevation_withdraw')
    const by = OPERATOR
    const withdrawn = setPermissionsOfSession(stage.node.services, sessionId, [], { by })
    await commit.reached
    const decided = decide('granted', 1)
    await somebodyWaits(stage, decided)
    commit.release()
    await withdrawn

    expect(await decided).toBe('conflict')
    expect(await found()).toEqual({ state: 'withdrawn', decisions: 0 })
  })
})

/** An elevation that waits for a yes, and two colleagues, each at a node of their own. */
async function asked({ node, given, ender, database }: Stage) {
  const { services } = node
  const user = await given.user()
  const colleagues = [await given.user(), await given.user()] as const
  const { id: workspaceId } = await given.workspace(user, ...colleagues)
  const role = { name: 'member', permissions: [], elevations: ['invoices:approve'] }
  await setRole(services.db, { workspaceId, role, by: OPERATOR })
  const rules = { elevationApproval: true }
  const policy = { level: 'workspace', subject: workspaceId, rules } as const
  await setPolicy(services.db, { policy, workspaceId, by: OPERATOR })
  await services.policies.refresh()

  const { session } = await createSession(services, {
    ...UNKNOWN,
    holder: { kind: 'user', userId: user.id, roles: ['member'] },
    workspaceId,
  })
  const { sessionId } = session
  const options = { by: OPERATOR, lifetime: 600 }
  const wanted = ['invoices:approve']
  const { elevation } = await setPermissionsOfSession(services, sessionId, wanted, options)
  const { id } = elevation!

  return {
    sessionId,
    decide: (grant: 'granted' | 'refused', at: 0 | 1): Promise<string> => {
      const deps = at === 0 ? services : ender
      const decision = { id, grant, userId: colleagues[at].id, workspaceId }
      return decideOnElevation(deps, decision).then(
        () => 'done',
        (error: { code: string }) => error.code,
      )
    },
    found: async () => {
      const { rows } = await database.pool.query(FOUND, [id])
      return rows[0]
    },
  }
}

const UNKNOWN = {
  clientId: null,
  context: {},
  acr: null,
  amr: [],
  authTime: null,
  priority: null,
  by: OPERATOR,
} as const

const FOUND = `SELECT state, (SELECT count(*)::int FROM entry
    WHERE subject_id = $1::text AND action IN ('elevation.granted', 'elevation.refused')) AS decisions
  FROM elevation WHERE id = $1::uuid`
