import type { WorkspaceId } from '../../src/ids.ts'
import type { Services } from '../../src/services.ts'
import { enterWorkspace } from '../../src/sessions/enter-workspace.ts'
import { PASSWORD_PROOF } from '../../src/sessions/login.ts'
import { startLogin } from '../../src/sessions/start-login.ts'
import type { User } from '../../src/users/user.ts'

interface Measured {
  readonly count: number
  readonly users: readonly User[]
  readonly workspaceId: WorkspaceId
}

const CONTEXT = { address: '203.0.113.77', userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' }
const AT_ONCE = 8

/** Bytes that each of so many more live sessions takes in its table and indexes, without its sealed context. */
export async function measureStorage(services: Services, about: Measured): Promise<number> {
  const before = await sizeOf(services)
  const left = Array.from({ length: about.count }, (_, at) => about.users[at % about.users.length]!)
  await Promise.all(Array.from({ length: AT_ONCE }, () => makeSessions(services, about, left)))
  const after = await sizeOf(services)
  return (after.bytes - before.bytes) / (after.sessions - before.sessions)
}

async function makeSessions(services: Services, { workspaceId }: Measured, left: User[]) {
  for (let user = left.pop(); user; user = left.pop()) {
    const login = { userId: user.id, proof: PASSWORD_PROOF, context: CONTEXT }
    const { id: loginId } = await startLogin(services, login)
    await enterWorkspace(services, { loginId, workspaceId, context: CONTEXT })
  }
}

const SIZE = `
  SELECT pg_total_relation_size('session') - COALESCE(sum(pg_column_size(context_sealed)), 0) AS bytes,
    count(*) AS sessions FROM session WHERE ended_at IS NULL`

async function sizeOf({ pool }: Services) {
  const { rows } = await pool.query<{ bytes: string; sessions: string }>(SIZE)
  return { bytes: Number(rows[0]?.bytes), sessions: Number(rows[0]?.sessions) }
}
