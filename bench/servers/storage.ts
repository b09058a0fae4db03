import { randomBytes } from 'node:crypto'
import type { ClientId, WorkspaceId } from '../../src/ids.ts'
import { type PersonKey, personReader } from '../../src/oidc/person.ts'
import type { Services } from '../../src/services.ts'
import { arrive } from '../../src/sessions/login/arrive.ts'
import { enterWorkspace } from '../../src/sessions/login/enter-workspace.ts'
import { grantFor } from '../../src/sessions/login/grant-for.ts'
import { PASSWORD_PROOF } from '../../src/sessions/login/login.ts'
import { startLogin } from '../../src/sessions/login/start-login.ts'
import type { User } from '../../src/users/user.ts'

interface Measured {
  readonly count: number
  readonly users: readonly User[]
  readonly workspaceId: WorkspaceId
  /** Whom all of them have consented to. */
  readonly clientId: ClientId
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

async function makeSessions(services: Services, { workspaceId, clientId }: Measured, left: User[]) {
  for (let user = left.pop(); user; user = left.pop()) {
    const login = { userId: user.id, proof: PASSWORD_PROOF, context: CONTEXT }
    const { id: loginId } = await startLogin(services, login)
    await enter(services, { userId: user.id, loginId, clientId, workspaceId, slug: null })
  }
}

const SIZE = `
  SELECT pg_total_relation_size('session') - COALESCE(sum(pg_column_size(context_sealed)), 0) AS bytes,
    count(*) AS sessions FROM session WHERE ended_at IS NULL`

async function enter(services: Services, key: PersonKey): Promise<void> {
  const { login, places } = await personReader(services.db, services.epochRotation)(key)
  const [place] = places
  if (!login || !place?.consented) throw new Error('nobody may enter')
  const { clientId } = key
  const entered = await enterWorkspace(services, { ...place, login, clientId, context: CONTEXT })
  if (!entered) throw new Error('the way in is barred')
  const written = await arrive(services, {
    ...entered,
    clientId,
    grant: grantFor(place.foothold.grant, place.consented, login.readAt),
    code: { hash: randomBytes(32), payloadSealed: randomBytes(32), expiresIn: 60 },
    cookie: null,
    interaction: null,
  })
  if (!written) throw new Error('no session was written')
}

async function sizeOf({ pool }: Services) {
  const { rows } = await pool.query<{ bytes: string; sessions: string }>(SIZE)
  return { bytes: Number(rows[0]?.bytes), sessions: Number(rows[0]?.sessions) }
}
