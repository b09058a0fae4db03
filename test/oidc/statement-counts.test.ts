import { expect, type Stage, test } from '../sessions/stage.ts'
import { introspect, post } from '../support/relying-party.ts'
import {
  type Ask,
  askingAboutPerson,
  customerOf,
  FOR_API,
  FOR_SERVICE,
  FOR_SERVICE_AT_API,
  introspecting,
  introspectingService,
  openApi,
  refreshing,
  refreshingAsserted,
  refreshingBound,
  refreshingLate,
  refreshingOffline,
  requestsBegun,
  serving,
  tokensOf,
} from './asking.ts'

/** The most statements that a request may cost. */
const REFRESH = 3
const REPLAY_CHECK = 1
const INTROSPECTION = 1
const CLIENT_CREDENTIALS = 1
const USERINFO = 1

const PUBLIC = { token_endpoint_auth_method: 'none' }

type Cost = readonly [
  what: string,
  atMost: number,
  writes: number,
  prepare: (stage: Stage) => Promise<Ask>,
]

const COSTS: readonly Cost[] = [
  ['a refresh', REFRESH, 1, (stage) => refreshing(stage)],
  ['a refresh by a public client', REFRESH, 1, (stage) => refreshing(stage, PUBLIC)],
  ['a refresh for an API that takes JWTs', REFRESH, 1, (stage) => refreshing(stage, {}, FOR_API)],
  ['a refresh in an offline session', REFRESH, 1, refreshingOffline],
  ['a refresh with a DPoP proof', REFRESH + REPLAY_CHECK, 2, refreshingBound],
  ['a refresh with a client assertion', REFRESH + REPLAY_CHECK, 2, refreshingAsserted],
  ['a refresh in one more tab', REFRESH, 0, refreshingLate],

  ['an introspection', INTROSPECTION, 0, (stage) => introspecting(stage, {})],
  ['an introspection of a JWT', INTROSPECTION, 0, (stage) => introspecting(stage, FOR_API)],
  [
    'an introspection of what a service got',
    INTROSPECTION,
    0,
    (stage) => introspectingService(stage, FOR_SERVICE),
  ],
  [
    'an introspection of a JWT that a service got',
    INTROSPECTION,
    0,
    (stage) => introspectingService(stage, FOR_SERVICE_AT_API),
  ],
  ...['garbage', 'sat_service.AAAA', 'srt_a.1.b.c', 'eyJ.e30.x'].map(
    (token): Cost => [
      `an introspection of ${token}`,
      INTROSPECTION,
      0,
      (stage) => introspecting(stage, token),
    ],
  ),

  ['client credentials', CLIENT_CREDENTIALS, 0, (stage) => serving(stage, FOR_SERVICE)],
  [
    'client credentials for a JWT',
    CLIENT_CREDENTIALS,
    0,
    (stage) => serving(stage, FOR_SERVICE_AT_API),
  ],

  ['a question about the person', USERINFO, 0, askingAboutPerson],
]

/** The statements that are sent meanwhile; what begins and commits a transaction does not count. */
async function statementsOf({ proxy }: Stage, work: () => Promise<unknown>): Promise<string[]> {
  const executed = await proxy.executed(work)
  return executed.filter(({ isBoundary }) => !isBoundary).map(({ text }) => text)
}

/** A lock on a row is written down, too. */
const isWrite = (text: string) => /\b(INSERT|UPDATE|DELETE|MERGE|COPY|SHARE)\b/i.test(text)

test.beforeAll(({ stage }) => openApi(stage))

for (const [what, atMost, writes, prepare] of COSTS)
  test(`${what} costs at most ${atMost}, of which ${writes} write`, async ({ stage }) => {
    const ask = await prepare(stage)
    for (const time of ['first', 'second', 'third']) {
      let status = 0
      const sent = await statementsOf(stage, async () => {
        status = (await ask()).status
      })

      expect(status).toBe(200)
      expect(sent.length, `the ${time} time:\n${sent.join('\n')}`).toBeLessThanOrEqual(atMost)
      expect(sent.filter(isWrite)).toHaveLength(writes)
    }
  })

test('a stranger writes nothing, and costs no more than the look at who it is', async ({
  stage,
}) => {
  const { party } = await customerOf(stage)
  const stranger = { ...party, secret: 'wrong' }
  for (const [ask, atMost] of [
    [() => introspect(stranger, 'garbage'), 1],
    // What the short way does not grant the library judges, and looks for itself.
    [() => post(stranger, '/oauth2/token', FOR_SERVICE), 2],
  ] as const) {
    const sent = await statementsOf(stage, async () => expect((await ask()).status).toBe(401))
    expect(sent.length).toBeLessThanOrEqual(atMost)
    expect(sent.filter(isWrite)).toEqual([])
  }
})

test('introspections at the same time share their statements', async ({ stage }) => {
  const customers = await Promise.all(Array.from({ length: 8 }, () => customerOf(stage)))
  const tokens = await Promise.all(customers.map((customer) => tokensOf(customer)))
  const held = [1, 2, 3, 4].map(() => stage.proxy.hold('introspection_check'))

  const sent = await statementsOf(stage, async () => {
    const begun = requestsBegun(32)
    const answers = Array.from({ length: 32 }, (_, at) =>
      introspect(customers[at % 8]!.party, tokens[at % 8]!.access),
    )
    await begun
    // Whoever came before this one waits for the database when it is answered.
    await fetch(`${stage.node.issuer}/.well-known/openid-configuration`)
    for (const one of held) one.release()
    for (const { body } of await Promise.all(answers)) expect(body.active).toBe(true)
  })

  expect(sent.length).toBeLessThanOrEqual(8)
})

test('what writes nothing works where nothing can be written', async ({ stage }) => {
  const customer = await customerOf(stage)
  const { access } = await tokensOf(customer)
  const late = await refreshingLate(stage)
  const writing = await refreshing(stage)
  await reconnect(stage, 'ALTER DATABASE %I SET default_transaction_read_only = on')

  try {
    for (const form of [FOR_SERVICE, FOR_SERVICE_AT_API])
      expect((await post(customer.party, '/oauth2/token', form)).status).toBe(200)
    expect((await introspect(customer.party, access)).body.active).toBe(true)
    expect((await late()).status).toBe(200)
    expect((await writing()).status).toBe(503)
  } finally {
    await reconnect(stage, 'ALTER DATABASE %I RESET default_transaction_read_only')
  }
  expect((await writing()).status).toBe(200)
})

/** Sets what holds for connections from now on, and has all be new ones. */
async function reconnect({ database, node }: Stage, setting: string): Promise<void> {
  const client = await database.pool.connect()
  await client.query('SET default_transaction_read_only = off')
  const { rows } = await client.query('SELECT format($1, current_database()) AS text', [setting])
  await client.query(rows[0].text)
  await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`)
  client.release(true)
  await expect.poll(() => node.services.pool.totalCount).toBe(0)
}
