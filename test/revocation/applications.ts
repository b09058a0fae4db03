import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose'
import type { User } from '../../src/users/user.ts'
import type { Workspace } from '../../src/workspaces/workspace.ts'
import { type Party, send, signIn } from '../support/relying-party.ts'
import { type Browser, clusterTest, type Given, startCluster } from '../support/world.ts'
import { type Answers, type RelyingParty, relyingParty } from './relying-party.ts'

export { expect } from '../support/world.ts'

/** A client of two server processes, and what it hears of the ends of sessions. */
export interface Application extends Party {
  readonly id: string
  readonly rp: RelyingParty
  /** What it was told, each token judged as a careful client does (Back-Channel Logout 1.0 §2.6). */
  told(): Promise<JWTPayload[]>
}

interface Options {
  readonly env: Readonly<Record<string, string>>
}

interface Fixtures {
  readonly application: (answers?: Answers, metadata?: object) => Promise<Application>
}

/** Two processes that may send logout tokens to this machine; `env` says what else is set. */
export const test = clusterTest.extend<Fixtures & Options>({
  env: [{}, { option: true }],
  cluster: async ({ database, env }, use) => {
    const allow = { SOJOURN_BACKCHANNEL_ALLOW: '127.0.0.0/8' }
    const cluster = await startCluster(database, { ...allow, ...env })
    await use(cluster)
    await cluster.close()
  },
  application: async ({ cluster, given }, use) => {
    const parties: RelyingParty[] = []
    await use(async (answers = () => ({ status: 200 }), metadata = {}) => {
      const rp = await relyingParty(answers)
      parties.push(rp)
      const client = await given.client({ backchannel_logout_uri: rp.uri, ...metadata })
      const party = { issuer: cluster.issuer, clientId: client.clientId, secret: client.secret }
      return { ...party, id: client.id, rp, told: () => judged(party, rp) }
    })
    await Promise.all(parties.map((rp) => rp.close()))
  },
})

async function judged({ issuer, clientId }: Party, { received }: RelyingParty) {
  const response = await fetch(`${issuer}/.well-known/jwks.json`)
  const keys = createLocalJWKSet((await response.json()) as never)
  const expected = { issuer, audience: clientId, typ: 'logout+jwt', requiredClaims: ['jti', 'sid'] }
  const tokens = received.map(({ token }) => jwtVerify(token, keys, expected))
  return (await Promise.all(tokens)).map(({ payload }) => payload)
}

/** Somebody with a workspace of their own, who has said yes to all of the applications. */
export async function givenPerson(given: Given, applications: readonly Application[]) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  for (const { id } of applications) await consent(given, user, workspace, id)
  return { user, browser: await given.browser(user) }
}

function consent(given: Given, user: User, workspace: Workspace, id: string) {
  return given.consent(user, workspace, { id } as never)
}

/** Signs in and resolves to what there is to log out with. */
export async function enter(application: Application, browser: Browser) {
  const { body } = await signIn(application, browser)
  return { idToken: String(body.id_token), refreshToken: String(body.refresh_token) }
}

/** Logs out at an application, which shows the ID token that it has; resolves to the status. */
export async function logOut(
  party: Party,
  browser: Browser,
  { idToken }: { readonly idToken: string },
): Promise<number> {
  const path = `/oauth2/logout?${new URLSearchParams({ id_token_hint: idToken })}`
  const { status } = await send(party, { method: 'GET', path, headers: { cookie: browser.cookie } })
  return status
}
