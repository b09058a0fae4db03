import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test as base, expect } from 'playwright/test'
import { seedSessions } from '../../../bench/seed.ts'
import { type PageFilter, pageSessions } from '../../../src/sessions/manager/page-sessions.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'

const NOTHING: PageFilter = {
  workspaceIds: null,
  userId: null,
  clientId: null,
  addressHash: null,
  state: null,
}

interface Seeded {
  readonly database: TestDatabase
  readonly example: Pick<PageFilter, 'workspaceIds' | 'userId' | 'clientId' | 'addressHash'>
}

const EXAMPLE = `SELECT ARRAY[workspace_id] AS "workspaceIds", user_id AS "userId",
  client_id AS "clientId", address_hash AS "addressHash" FROM session WHERE kind = 'api' LIMIT 1`

const test = base.extend<object, { seeded: Seeded }>({
  seeded: [
    async ({}, use) => {
      const database = await createTestDatabase()
      await seedSessions(database.pool, 20_000)
      const { rows } = await database.pool.query<Seeded['example']>(EXAMPLE)
      await use({ database, example: rows[0]! })
      await database.drop()
    },
    { scope: 'worker' },
  ],
})

interface Plan {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly Plans?: readonly Plan[]
}

/** The way to a first page by its one plan for all values: the indexes, and any table that is read whole. */
async function wayOf({ db, pool }: TestDatabase, filter: PageFilter): Promise<string[]> {
  const sent: string[] = []
  const note = (message: unknown) => sent.push((message as { text: string }).text)
  subscribe('sojourn:sql', note)
  await pageSessions(db, { filter, after: null, limit: 50 })
  unsubscribe('sojourn:sql', note)
  const { rows } = await pool.query(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${sent[0]}`)
  return [...new Set(nodesOf(rows[0]['QUERY PLAN'][0].Plan))].sort()
}

function nodesOf(plan: Plan): string[] {
  const own = plan['Index Name'] ?? (plan['Node Type'] === 'Seq Scan' ? 'Seq Scan' : null)
  return [...(own ? [own] : []), ...(plan.Plans ?? []).flatMap(nodesOf)]
}

test.describe('a first page of sessions', () => {
  for (const [names, state, way] of [
    [['userId'], 'live', ['session_user_id_id_idx']],
    [['workspaceIds'], 'live', ['session_workspace_id_id_idx']],
    [['workspaceIds'], 'ended', ['session_ended_workspace']],
    [['addressHash'], 'live', ['session_address']],
    [[], 'live', ['session_pkey']],
    [[], 'ended', ['session_ended_id']],
  ] as const)
    test(`by ${names.join(' and ') || 'nothing'}, ${state}, is read in the order of an index`, async ({
      seeded: { database, example },
    }) => {
      const chosen = Object.fromEntries(names.map((name) => [name, example[name]]))
      expect(await wayOf(database, { ...NOTHING, ...chosen, state })).toEqual(way)
    })

  test('by a client is read from what it takes part in, and from what it made', async ({
    seeded: { database, example },
  }) => {
    const way = await wayOf(database, { ...NOTHING, clientId: example.clientId, state: 'live' })
    expect(way).toEqual([
      'participant_client_id_session_id_idx',
      'session_live_client',
      'session_pkey',
    ])
  })
})
