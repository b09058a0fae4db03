import { setTimeout as sleep } from 'node:timers/promises'
import { decodeProtectedHeader } from 'jose'
import { createResource } from '../../src/clients/create-resource.ts'
import { type Party, refresh, signIn } from '../support/relying-party.ts'
import {
  clusterTest as base,
  type Cluster,
  expect,
  type Given,
  startCluster,
} from '../support/world.ts'
import { createVerifiers, fetchKeySet, type Issued } from './verifiers.ts'

const MAX_AGE = 4
const ROTATIONS = 3
const ALGS = ['ES256', 'RS256'] as const
type Alg = (typeof ALGS)[number]

/** The times are real: a test that moved them could move the caches of verifiers as it likes. */
const test = base.extend({
  cluster: async ({ database }, use) => {
    const cluster = await startCluster(database, {
      SOJOURN_KEYS_SIGNING_JWKS_MAX_AGE: `${MAX_AGE}s`,
      SOJOURN_KEYS_SIGNING_ROTATION: `${2 * MAX_AGE}s`,
    })
    await use(cluster)
    await cluster.close()
  },
})

interface Refresher {
  readonly alg: Alg
  readonly resource: string
  readonly party: Party
  readonly token: string
}

/** Somebody whose ID tokens are signed by one algorithm, as are the tokens for the API they use. */
async function givenRefresher({ issuer }: Cluster, given: Given, alg: Alg): Promise<Refresher> {
  const resource = identifierOf(alg)
  const user = await given.user()
  const workspace = await given.workspace(user)
  const client = await given.client({ id_token_signed_response_alg: alg })
  const scopes = { openid: ['openid'], resources: { [resource]: ['read'] } }
  await given.consent(user, workspace, client, scopes)
  const party = { issuer, clientId: client.clientId, secret: client.secret }
  const params = { scope: 'openid read', resource }
  const { body } = await signIn(party, await given.browser(user), params)
  return { alg, resource, party, token: String(body.refresh_token) }
}

function identifierOf(alg: Alg): string {
  return `https://${alg.toLowerCase()}.example/`
}

interface Run {
  readonly isOver: () => boolean
  readonly show: (issued: Issued) => Promise<void>
}

/** Refreshes on both nodes in turn; what is issued is shown at once. */
async function keepRefreshing(
  { nodes }: Cluster,
  { alg, party, resource, token }: Refresher,
  { isOver, show }: Run,
): Promise<void> {
  let current = token
  for (let turn = 0; !isOver(); turn++) {
    const { status, body } = await refresh({ ...party, via: nodes[turn % 2]! }, current)
    expect(status).toBe(200)
    current = String(body.refresh_token)
    await show(issuedAs(String(body.access_token), { alg, audience: resource }))
    await show(issuedAs(String(body.id_token), { alg, audience: party.clientId }))
    await sleep(50)
  }
}

function issuedAs(token: string, of: { readonly alg: Alg; readonly audience: string }): Issued {
  return { token, kid: decodeProtectedHeader(token).kid ?? '', ...of }
}

test('no verifier that trusts its cache ever misses a key', async ({
  cluster,
  database,
  given,
}) => {
  test.setTimeout(150_000)
  for (const alg of ALGS) {
    const description = { identifier: identifierOf(alg), name: alg, scopes: ['read'], alg }
    await createResource(database.db, {
      description: { ...description, tokenFormat: 'jwt' },
      by: { kind: 'operator' },
    })
  }
  const { issuer, nodes } = cluster
  const verifiers = createVerifiers(issuer)
  await verifiers.begin(await fetchKeySet({ issuer, via: nodes[0] }))
  let over = false
  const run = { isOver: () => over, show: verifiers.show }

  const refreshing = [...ALGS, ...ALGS].map(async (alg) =>
    keepRefreshing(cluster, await givenRefresher(cluster, given, alg), run),
  )
  const beginning = (async () => {
    for (let turn = 0; !over; turn++) {
      await verifiers.begin(await fetchKeySet({ issuer, via: nodes[turn % 2]! }))
      await sleep(100)
    }
  })()
  const fewest = () => Math.min(...ALGS.map((alg) => verifiers.used(alg).length))
  await expect.poll(fewest, { timeout: 100_000 }).toBe(1 + ROTATIONS)
  over = true
  await Promise.all([beginning, ...refreshing])

  expect(verifiers.failures).toEqual([])
  expect(verifiers.shown()).toBeGreaterThan(500)
  expect(Math.min(...verifiers.notices())).toBeGreaterThan(MAX_AGE * 1000)
})
