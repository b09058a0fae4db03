import { Pool } from 'undici'
import { formatId } from '../../../src/ids.ts'
import { validateSession } from '../../../src/sessions/manager/validate-session.ts'
import { test as base, expect } from '../../support/database.ts'
import { openDelayProxy } from '../../support/delay-proxy.ts'
import { startServer } from '../../support/server.ts'
import { givenOn, SECRET, startNode } from '../../support/world.ts'
import { serviceIn } from './stage.ts'

// Rounds in which a session is ended on one node while it is validated on another without pause.
const ROUNDS = 1_000
const ROUNDS_WITHIN = 300
const LANES = 32
const CONNECTIONS = 64
const DELAY = 20

/** One of the nodes, asked under the name that both answer to. */
type Post = (path: string, body: object) => Promise<Record<string, unknown>>

type Validate = (sessionToken: string) => Promise<boolean>

interface House {
  /** On the node whose database is far, over HTTP and by the very function. */
  readonly far: { readonly served: Validate; readonly called: Validate }
  /** On the node that ends sessions. */
  readonly near: Post
  readonly userId: string
}

const test = base.extend<{ house: House }>({
  house: async ({ database }, use) => {
    const proxy = await openDelayProxy(database.url, DELAY)
    const own = await startNode(database, '', proxy.url)
    const env = {
      SOJOURN_ISSUER: own.issuer,
      SESSION_SECRET_KEY: SECRET.toString('base64'),
      SOJOURN_DATABASE_POOL_SIZE: '10',
      SOJOURN_DATABASE_QUEUE_TIMEOUT: '1m',
      SOJOURN_LOG_LEVEL: 'error',
    }
    const [far, near] = await Promise.all([
      startServer({ url: proxy.url, env }),
      startServer({ url: database.url, env }),
    ])
    const given = givenOn(own)
    const user = await given.user()
    const { token } = await serviceIn({ node: own, given }, [await given.workspace(user)])
    const pools = [far, near].map(
      ({ port }) => new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS }),
    )
    const { host } = new URL(own.issuer)
    const posts = pools.map((pool) => posting(pool, { host, authorization: `Bearer ${token}` }))
    await use({
      far: {
        served: async (session_token) =>
          (await posts[0]!('/sessions/validation', { session_token })).is_valid === true,
        called: async (sessionToken) => (await validateSession(own.services, sessionToken)).isValid,
      },
      near: posts[1]!,
      userId: formatId('usr', user.id),
    })
    await Promise.all(pools.map((pool) => pool.destroy()))
    await Promise.all([far.stop(), near.stop()])
    await own.close()
    await proxy.close()
  },
})

function posting(pool: Pool, headers: Readonly<Record<string, string>>): Post {
  return async (path, asked) => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: `/api/v1${path}`,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    })
    const text = await body.text()
    if (statusCode >= 300) throw new Error(`${path} answered ${statusCode}: ${text}`)
    return JSON.parse(text)
  }
}

/**
 * One session that all workers of a lane validate, and one call more that begins at the moment of
 * the answer to its end; resolves to how many calls that began after that said yes.
 */
async function round({ near, userId }: House, validate: Validate, workers: number) {
  const session_token = String((await near('/sessions', { user_id: userId })).session_token)
  let ended = false
  let wrong = 0

  async function ask(): Promise<void> {
    const begunAfter = ended
    if ((await validate(session_token)) && begunAfter) wrong += 1
  }

  async function hammer(): Promise<void> {
    while (!ended) await ask()
    await ask()
  }

  const hammering = Array.from({ length: workers }, hammer)
  await ask()
  await near('/sessions/termination', { session_token })
  ended = true
  await Promise.all([ask(), ...hammering])
  return wrong
}

async function wrongIn(house: House, validate: Validate, rounds: number): Promise<number> {
  let left = rounds
  let wrong = 0
  const lane = async () => {
    while (left > 0) {
      left -= 1
      const more = await round(house, validate, CONNECTIONS / LANES)
      wrong += more
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return wrong
}

test.describe('of two nodes, the one with a database that is 20 ms away', () => {
  test(`refuses what begins after the end, in ${ROUNDS} rounds under ${CONNECTIONS} connections`, async ({
    house,
  }) => {
    test.setTimeout(300_000)
    expect(await wrongIn(house, house.far.served, ROUNDS)).toBe(0)
  })

  // Without the caller's own check before it, which gives a statement under way the time to come back.
  test(`does so in ${ROUNDS_WITHIN} rounds of the function alone`, async ({ house }) => {
    expect(await wrongIn(house, house.far.called, ROUNDS_WITHIN)).toBe(0)
  })
})
