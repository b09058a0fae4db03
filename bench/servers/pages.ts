import type { Services } from '../../src/services.ts'
import { type PageFilter, pageSessions } from '../../src/sessions/manager/page-sessions.ts'
import { seedSessions } from '../seed.ts'

const NOTHING: PageFilter = {
  workspaceIds: null,
  userId: null,
  clientId: null,
  addressHash: null,
  state: null,
}

const EXAMPLES = `
  SELECT s.user_id AS "userId", ARRAY[s.workspace_id] AS "workspaceIds", s.address_hash AS "addressHash",
    COALESCE(s.client_id, (SELECT p.client_id FROM participant p WHERE p.session_id = s.id)) AS "clientId"
  FROM session s TABLESAMPLE SYSTEM (1) WHERE s.address_hash IS NOT NULL LIMIT 20`

/** Seeding, and the slowest first page of each filter in milliseconds, over sessions of all kinds. */
export function pageAnswers({ db, pool }: Services) {
  return {
    seed: (count: number) => seedSessions(pool, count),
    pages: async () => {
      const { rows } = await pool.query<PageFilter>(EXAMPLES)
      const slowest: Record<string, number> = {}
      for (const name of ['userId', 'workspaceIds', 'clientId', 'addressHash'] as const)
        for (const state of ['live', 'ended', null] as const)
          for (const row of rows) {
            const filter = { ...NOTHING, [name]: row[name], state }
            const label = name === 'workspaceIds' ? 'workspace' : name.replace(/Id$|Hash$/, '')
            slowest[label] = Math.max(slowest[label] ?? 0, await timeOf(filter))
          }
      for (const state of ['live', 'ended'] as const)
        slowest.state = Math.max(slowest.state ?? 0, await timeOf({ ...NOTHING, state }))
      return slowest
    },
  }

  async function timeOf(filter: PageFilter): Promise<number> {
    const started = performance.now()
    await pageSessions(db, { filter, after: null, limit: 50 })
    return performance.now() - started
  }
}
