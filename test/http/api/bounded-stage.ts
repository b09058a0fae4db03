import {
  formatId,
  parseId,
  type SessionId,
  type UserId,
  type WorkspaceId,
} from '../../../src/ids.ts'
import { test as base, type TestDatabase } from '../../support/database.ts'
import { openStatementProxy, type StatementProxy } from '../../support/statement-proxy.ts'
import { givenOn, type Node, startNode } from '../../support/world.ts'
import { type Api, type Body, serviceIn } from './stage.ts'

export { expect } from '../../support/database.ts'

/** So long a bound that only the feed can be what brings a change. */
export const LONG = '1m'

export function bounded(staleness: string, more = ''): string {
  return `session_manager:
  distributed_management: { consistency_level: bounded }
  validation: { max_staleness: ${staleness} }
${more}`
}

/** A session that a service validates on a node which may answer from memory. */
export interface Scene {
  readonly node: Node
  readonly api: Api
  readonly sessionId: SessionId
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
  readonly sessionToken: string
  validate(options?: object): Promise<Body>
  /** Validates until the answer comes from memory. */
  remembered(): Promise<Body>
}

export async function sceneOn(node: Node, context: object = {}): Promise<Scene> {
  const given = givenOn(node)
  const user = await given.user()
  const workspace = await given.workspace(user)
  const api = await serviceIn({ node, given }, [workspace])
  const made = await api.call('POST', '/sessions', { user_id: formatId('usr', user.id), context })
  const { session_token: sessionToken, session } = made.body
  const validate = async (options: object = {}) => {
    const body = { session_token: sessionToken, ...options }
    const answer = await api.call('POST', '/sessions/validation', body)
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  return {
    node,
    api,
    sessionId: parseId('ses', session.session_id) as SessionId,
    userId: user.id,
    workspaceId: workspace.id,
    sessionToken,
    validate,
    remembered: async () => {
      for (let tries = 0; tries < 200; tries += 1) {
        const body = await validate()
        if (Number(body.view_age_ms) > 0) return body
        await new Promise((done) => setTimeout(done, 25))
      }
      throw new Error('nothing was ever answered from memory')
    },
  }
}

interface Fixtures {
  readonly wire: StatementProxy
  readonly scene: Scene
}

/** A node with a bound that no test waits for, and somebody in between who can count and hold. */
export const test = base.extend<Fixtures>({
  wire: async ({ database }, use) => {
    const proxy = await openStatementProxy(database.url)
    await use(proxy)
    await proxy.close()
  },
  scene: async ({ database, wire }, use) => {
    const node = await startNode(database, bounded(LONG), wire.url)
    await use(await sceneOn(node))
    await node.close()
  },
})

/** Has the database end each connection that hears notifications, for as long as the work takes. */
export async function withoutNotifications<T>(
  { pool }: TestDatabase,
  work: () => Promise<T>,
): Promise<T> {
  const cut = () =>
    pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'sojourn-feed' AND datname = current_database()`)
  await cut()
  const cutting = setInterval(() => void cut(), 20)
  return work().finally(() => clearInterval(cutting))
}
