import { createHash, randomBytes } from 'node:crypto'
import type { Client } from '../../../src/clients/client.ts'
import { createClient } from '../../../src/clients/create-client.ts'
import { createResource } from '../../../src/clients/create-resource.ts'
import type { ConsentedScopes } from '../../../src/consent/consent.ts'
import { recordConsent } from '../../../src/consent/record-consent.ts'
import { formatId } from '../../../src/ids.ts'
import { followOutcomes, type Outcome } from '../../../src/monitoring/outcome.ts'
import { loginCookieName } from '../../../src/oidc/cookies.ts'
import { createUser } from '../../../src/users/create-user.ts'
import type { User } from '../../../src/users/user.ts'
import { addMember } from '../../../src/workspaces/add-member.ts'
import { createWorkspace } from '../../../src/workspaces/create-workspace.ts'
import type { Workspace } from '../../../src/workspaces/workspace.ts'
import { test as base } from '../../support/database.ts'
import { type RunningApp, startApp } from '../../support/server.ts'
import { type Seen, type Visitor, visitorOf } from './visitor.ts'

export { expect } from 'playwright/test'

const OPERATOR = { kind: 'operator' } as const

export const PASSWORD = 'a long and honest passphrase'
export const REDIRECT = 'https://rp.example/callback'
export const LOGGED_OUT = 'https://rp.example/goodbye?from=sojourn'

/** The whole server in this process, on a database of its own. */
export interface House {
  readonly app: RunningApp
  readonly cookieName: string
  readonly outcomes: readonly Outcome[]
  visitor(agent?: string): Visitor
  user(name?: string): Promise<User>
  workspace(name: string, ...members: readonly User[]): Promise<Workspace>
  client(metadata?: object): Promise<Client & { readonly secret: string | null }>
  resource(identifier: string, name: string, scopes: readonly string[]): Promise<void>
  consent(user: User, workspace: Workspace, client: Client, scopes?: ConsentedScopes): Promise<void>
  /** Sends a visitor to the authorization endpoint for a client. */
  arrive(
    visitor: Visitor,
    client: Client,
    params?: Readonly<Record<string, string>>,
  ): Promise<Arrival>
  /** Exchanges the code that a visitor came back with. */
  redeem(client: Client & { readonly secret: string | null }, came: Arrived): Promise<Tokens>
}

export interface Arrival {
  readonly seen: Seen
  readonly verifier: string
}

export interface Arrived {
  readonly code: string
  readonly verifier: string
}

export interface Tokens {
  readonly status: number
  readonly id_token: string
  readonly access_token: string
  readonly refresh_token: string
}

export const test = base.extend<{ house: House }>({
  house: async ({ database }, use) => {
    const app = await startApp(database)
    const outcomes: Outcome[] = []
    const unfollow = followOutcomes((outcome) => outcomes.push(outcome))
    await use(houseOf(app, outcomes))
    unfollow()
    await app.close()
  },
})

function houseOf(app: RunningApp, outcomes: readonly Outcome[]): House {
  const { services, url } = app
  const { db } = services

  return {
    app,
    outcomes,
    cookieName: loginCookieName(url),
    visitor: (agent) => visitorOf(url, agent),
    user: (username = `user-${randomBytes(4).toString('hex')}`) =>
      createUser(services, { username, password: PASSWORD, by: OPERATOR }),
    workspace: async (name, ...members) => {
      const slug = name.toLowerCase().replaceAll(' ', '-')
      const workspace = await createWorkspace(db, { slug, name, by: OPERATOR })
      for (const { id: userId } of members)
        await addMember(db, { workspaceId: workspace.id, userId, roles: ['editor'], by: OPERATOR })
      return workspace
    },
    client: async (metadata = {}) => {
      const created = await createClient(services, {
        metadata: {
          client_name: 'Notes',
          redirect_uris: [REDIRECT],
          post_logout_redirect_uris: [LOGGED_OUT],
          grant_types: ['authorization_code', 'refresh_token'],
          ...metadata,
        },
        by: OPERATOR,
      })
      return { ...created.client, secret: created.secret?.reveal() ?? null }
    },
    resource: async (identifier, name, scopes) => {
      const description = { identifier, name, scopes: [...scopes] }
      await createResource(db, { description, by: OPERATOR })
    },
    consent: async (user, workspace, client, scopes = { openid: ['openid'], resources: {} }) => {
      const by = { kind: 'user', id: user.id } as const
      const key = { userId: user.id, workspaceId: workspace.id, clientId: client.id }
      await recordConsent(db, { ...key, scopes, by })
    },
    arrive: async (visitor, { clientId }, params = {}) => {
      const verifier = randomBytes(32).toString('base64url')
      const query = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: REDIRECT,
        scope: 'openid',
        state: 'st4te',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...params,
      })
      return { seen: await visitor.get(`/oauth2/authorize?${query}`), verifier }
    },
    redeem: async (client, { code, verifier }) => {
      const credentials = Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')
      const response = await fetch(`${url}/oauth2/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${credentials}` },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          code_verifier: verifier,
          redirect_uri: REDIRECT,
        }),
      })
      return { status: response.status, ...((await response.json()) as Omit<Tokens, 'status'>) }
    },
  }
}

/** What the client was told at its redirect address. */
export function toldTo(seen: Seen): Record<string, string> {
  if (!seen.leftTo)
    throw new Error(`not sent back: ${seen.status} at ${seen.address}\n${seen.text}`)
  return Object.fromEntries(seen.leftTo.searchParams)
}

/** The claims of a token, unverified. */
export function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
}

export function workspaceId({ id }: Workspace): string {
  return formatId('wsp', id)
}
