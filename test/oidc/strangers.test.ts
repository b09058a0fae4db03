import { randomUUID } from 'node:crypto'
import { createStrangers } from '../../src/oidc/strangers.ts'
import { type Party, post, send } from '../support/relying-party.ts'
import {
  test as base,
  expect,
  type Given,
  givenOn,
  type Node,
  startNode,
} from '../support/world.ts'

const PUBLIC = { token_endpoint_auth_method: 'none' }
const REQUEST = {
  response_type: 'code',
  redirect_uri: 'https://rp.example/callback',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
}

const test = base.extend<{ strict: Node; on: Given }>({
  /** A server that keeps two rows for strangers. */
  strict: async ({ database }, use) => {
    const node = await startNode(database, 'throttle: { strangers: { points: 2 } }\n')
    await use(node)
    await node.close()
  },
  on: async ({ strict }, use) => use(givenOn(strict)),
})

async function partyOf({ issuer }: Node, on: Given, metadata: object): Promise<Party> {
  return { issuer, ...(await on.client(metadata)) }
}

function authorize(party: Party, headers: Record<string, string> = {}) {
  const asked = new URLSearchParams({ ...REQUEST, client_id: party.clientId, state: randomUUID() })
  return send(party, { method: 'GET', path: `/oauth2/authorize?${asked}`, headers })
}

const push = (party: Party) => post(party, '/oauth2/par', { ...REQUEST, client_id: party.clientId })

async function rows({ services }: Node): Promise<number> {
  const { rows } = await services.pool.query('SELECT count(*)::int AS count FROM artifact')
  return rows[0].count
}

test.describe('strangers of one network', () => {
  test('have no more authorization requests kept than the limit', async ({ strict, on }) => {
    const party = await partyOf(strict, on, PUBLIC)
    const before = await rows(strict)

    const answers = []
    for (let at = 0; at < 4; at++) answers.push(await authorize(party, { accept: 'text/html' }))

    expect(answers.map(({ status }) => status)).toEqual([303, 303, 429, 429])
    expect(Number(answers[2]?.headers['retry-after'])).toBeGreaterThan(0)
    expect(answers[2]?.headers).not.toHaveProperty('location')
    expect(answers[2]?.headers['content-type']).toContain('text/html')
    expect((await rows(strict)) - before).toBe(2)
  })

  test('are told an OAuth error where they push requests', async ({ strict, on }) => {
    const party = await partyOf(strict, on, PUBLIC)
    for (let at = 0; at < 2; at++) expect((await push(party)).status).toBe(201)

    const refused = await push(party)

    expect([refused.status, refused.body.error]).toEqual([429, 'temporarily_unavailable'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('do not stand in the way of a login or of a client that proved itself', async ({
    strict,
    on,
  }) => {
    const stranger = await partyOf(strict, on, PUBLIC)
    for (let at = 0; at < 3; at++) await authorize(stranger)
    const confidential = await partyOf(strict, on, {})
    const browser = await on.browser(await on.user())

    expect((await authorize(stranger, { cookie: browser.cookie })).status).toBe(303)
    expect((await push(confidential)).status).toBe(201)
  })
})

test.describe('the count', () => {
  test('is of each network, and begins anew with the next window', () => {
    let now = 0
    const { wait } = createStrangers({ points: 1, window: 60 }, { now: () => now })
    expect([wait('a'), wait('a'), wait('b')]).toEqual([0, 60, 0])
    now = 30_000
    expect([wait('a'), wait('b')]).toEqual([30, 30])
    now = 60_000
    expect(wait('a')).toBe(0)
  })

  test('remembers so many networks and forgets the oldest', () => {
    const { wait } = createStrangers({ points: 1, window: 60 }, { most: 2, now: () => 0 })
    expect([wait('a'), wait('b'), wait('b'), wait('c')]).toEqual([0, 0, 60, 0])
    expect([wait('b'), wait('a')]).toEqual([60, 0])
  })
})
