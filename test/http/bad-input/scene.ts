import { randomBytes } from 'node:crypto'
import { createResource } from '../../../src/clients/create-resource.ts'
import { formatId } from '../../../src/ids.ts'
import { createLog } from '../../../src/log.ts'
import { issueInitialAccessToken } from '../../../src/oidc/issue-initial-access-token.ts'
import { createTestDatabase } from '../../support/database.ts'
import { type Party, send, signIn } from '../../support/relying-party.ts'
import { type RunningApp, startApp } from '../../support/server.ts'
import { type Given, givenOn } from '../../support/world.ts'

/** A server with people, clients and open pages, so that attacks find something behind each door. */
export interface Scene {
  readonly app: RunningApp
  readonly port: number
  readonly host: string
  readonly given: Given
  /** What the server logged, one object a line. */
  readonly logged: Record<string, unknown>[]
  readonly party: Party
  readonly tokens: Readonly<Record<string, string>>
  readonly cookie: string
  readonly account: Opened
  readonly security: Opened
  readonly signIn: Opened
  readonly confirm: Opened
  readonly session: string
  readonly workspace: string
  readonly asked: Readonly<Record<'login' | 'workspace' | 'consent', Opened>>
  readonly initialToken: string
  readonly registered: { readonly path: string; readonly token: string }
  readonly asset: string
  close(): Promise<void>
}

/** A page in a browser: its address, its cookies and the proof in its form. */
export interface Opened {
  readonly path: string
  readonly cookie: string
  readonly csrf: string
}

export async function setScene(): Promise<Scene> {
  const database = await createTestDatabase()
  const logged: Record<string, unknown>[] = []
  const log = createLog('info', { write: (line: string) => logged.push(JSON.parse(line)) })
  const env = {
    SOJOURN_REGISTRATION_ENABLED: 'true',
    SOJOURN_THROTTLE_PER_USER_POINTS: '100000',
    SOJOURN_THROTTLE_PER_ADDRESS_POINTS: '100000',
  }
  const app = await startApp(database, { env, log })
  const given = givenOn({ issuer: app.url, services: app.services })
  const port = Number(new URL(app.url).port)
  const people = await peopleOf(app, given)
  const { services } = app
  const by = { kind: 'operator' } as const
  const api = { identifier: 'https://api.example/', name: 'Api', scopes: ['read'] }
  await createResource(services.db, { description: api, by })
  const initial = await issueInitialAccessToken(services, { lifetime: 3_600, by })

  return {
    app,
    port,
    host: `localhost:${port}`,
    given,
    logged,
    ...people,
    initialToken: initial.reveal(),
    registered: await registerAt(app, initial.reveal()),
    asset: await assetAt(app),
    close: async () => {
      await app.close()
      await database.drop()
    },
  }
}

async function peopleOf(app: RunningApp, given: Given) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  const client = await given.client({ post_logout_redirect_uris: ['https://rp.example/bye'] })
  await given.consent(user, workspace, client)
  const party: Party = { issuer: app.url, ...client }
  const browser = await given.browser(user)
  const { body } = await signIn(party, browser)
  const spare = await signIn(party, browser)
  const { rows } = await app.services.pool.query('SELECT id FROM session')
  const { cookie } = browser
  const wanderer = await given.user()
  await given.workspace(wanderer)
  await given.workspace(wanderer)
  const stranger = await given.client()
  const elsewhere: Party = { issuer: app.url, ...stranger }

  return {
    party,
    cookie,
    tokens: { ...(body as Record<string, string>), spare: String(spare.body.access_token) },
    session: formatId('ses', rows[0].id),
    workspace: workspace.slug,
    account: await openPage(app, '/account', cookie),
    security: await openPage(app, '/account/security/authenticator', cookie),
    signIn: await openPage(app, '/login', ''),
    confirm: await openPage(app, '/oauth2/logout', cookie),
    asked: {
      login: await openInteraction(app, party, ''),
      workspace: await openInteraction(app, party, (await given.browser(wanderer)).cookie),
      consent: await openInteraction(app, elsewhere, cookie),
    },
  }
}

/** What an authorization request comes to when a person must be asked something. */
async function openInteraction(app: RunningApp, party: Party, cookie: string): Promise<Opened> {
  const query = new URLSearchParams({
    client_id: party.clientId,
    response_type: 'code',
    redirect_uri: 'https://rp.example/callback',
    scope: 'openid profile',
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
  })
  const headers = { cookie }
  const first = await send(party, { method: 'GET', path: `/oauth2/authorize?${query}`, headers })
  const { location = '' } = first.headers
  if (!location.startsWith('/interaction/')) throw new Error(`nothing is asked: ${first.text}`)
  return openPage(app, location, joined(cookie, first.headers['set-cookie']))
}

async function openPage({ url }: RunningApp, path: string, cookie: string): Promise<Opened> {
  const { headers, text } = await send(
    { issuer: url },
    { method: 'GET', path, headers: { cookie } },
  )
  const csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1]
  if (!csrf) throw new Error(`no form at ${path}: ${text}`)
  return { path, csrf, cookie: joined(cookie, headers['set-cookie']) }
}

function joined(cookie: string, given: readonly string[] = []): string {
  const pairs = given.map((line) => line.split(';', 1)[0] ?? '')
  return [cookie, ...pairs].filter((pair) => pair !== '').join('; ')
}

async function registerAt({ url }: RunningApp, token: string) {
  const answer = await fetch(`${url}/oauth2/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://rp.example/callback'] }),
  })
  const made = await answer.json()
  const path = new URL(made.registration_client_uri).pathname
  return { path, token: String(made.registration_access_token) }
}

async function assetAt({ url }: RunningApp): Promise<string> {
  const page = await fetch(`${url}/login`, { headers: { accept: 'text/html' } })
  return /\/assets\/[^"]+\.css/.exec(await page.text())?.[0] ?? ''
}
