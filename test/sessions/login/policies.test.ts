import { setPolicy } from '../../../src/decisions/set-policy.ts'
import { heldIn, type Place, placeOn, sessionOf } from '../place.ts'
import { expect, type Stage, test } from '../stage.ts'

const by = { kind: 'operator' } as const

async function say({ node }: Stage, policy: Parameters<typeof setPolicy>[1]['policy']) {
  await setPolicy(node.services.db, { policy, workspaceId: null, by })
  await node.services.policies.refresh()
}

/** Seconds: without activity, and from its creation to its end. */
async function limitsOf(place: Place) {
  const { rows } = await place.stage.database.pool.query(LIMITS, [await sessionOf(place)])
  return rows[0]
}

const LIMITS = `SELECT idle_timeout AS idle,
    extract(epoch FROM absolute_end_at - created_at)::int AS whole
  FROM session WHERE id = $1`

test.describe('a session that a login begins', () => {
  test('has the limits of the server where no policy says less', async ({ stage }) => {
    const place = await placeOn(stage)
    expect(heldIn(await place.ask()).code).toBeDefined()
    expect(await limitsOf(place)).toEqual({ idle: 1800, whole: 86_400 })
  })

  test('has the strictest of workspace, role and level from its first moment', async ({
    stage,
  }) => {
    const place = await placeOn(stage)
    const { id } = place.workspace
    const rules = { idleTimeout: 900, maxDuration: 7200 }
    await say(stage, { level: 'workspace', subject: id, rules })
    await say(stage, { level: 'role', subject: `${id}/member`, rules: { idleTimeout: 600 } })
    await say(stage, { level: 'role', subject: `${id}/guest`, rules: { idleTimeout: 60 } })
    const level = { level: 'acr', subject: 'urn:sojourn:aal1' } as const
    await say(stage, { ...level, rules: { maxDuration: 3600 } })

    await place.ask()
    expect(await limitsOf(place)).toEqual({ idle: 600, whole: 3600 })
    await say(stage, { ...level, rules: {} })
  })

  test('has those of the client that it begins with', async ({ stage }) => {
    const place = await placeOn(stage)
    const client = await stage.database.pool.query('SELECT id FROM client WHERE client_id = $1', [
      place.party.clientId,
    ])
    const rules = { idleTimeout: 120 }
    await say(stage, { level: 'client', subject: client.rows[0].id, rules })
    await place.ask()
    expect(await limitsOf(place)).toEqual({ idle: 120, whole: 86_400 })
  })
})
