import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Keygrip from 'keygrip'
import Koa from 'koa'
import type { Client } from '../../src/clients/client.ts'
import { createClient } from '../../src/clients/create-client.ts'
import { registryFinder } from '../../src/clients/find-client.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { ConsentedScopes } from '../../src/consent/consent.ts'
import { recordConsent } from '../../src/consent/record-consent.ts'
import { localRootKeys } from '../../src/crypto/root-key.ts'
import type { Db } from '../../src/database/transaction.ts'
import { DomainError } from '../../src/errors.ts'
import type { LoginId } from '../../src/ids.ts'
import { loadServerKeys } from '../../src/keys/data-keys.ts'
import { loadIncarnation } from '../../src/keys/incarnation.ts'
import { createKeyring } from '../../src/keys/keyring.ts'
import { rotateSigningKeys } from '../../src/keys/signing-keys.ts'
import { cookieKeys, loginCookieName } from '../../src/oidc/cookies.ts'
import { createOidc } from '../../src/oidc/create-oidc.ts'
import type { Outcome } from '../../src/oidc/deps.ts'
import { createActivity } from '../../src/sessions/activity.ts'
import { createAdvanceFamily } from '../../src/sessions/advance-family.ts'
import { familyReader } from '../../src/sessions/family-check.ts'
import { PASSWORD_PROOF } from '../../src/sessions/login.ts'
import { giveCookie } from '../../src/sessions/login-cookie.ts'
import { startLogin } from '../../src/sessions/start-login.ts'
import { stayReader } from '../../src/sessions/stay.ts'
import { createUser } from '../../src/users/create-user.ts'
import { createPasswords } from '../../src/users/password.ts'
import type { User } from '../../src/users/user.ts'
import { addMember } from '../../src/workspaces/add-member.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'
import type { Workspace } from '../../src/workspaces/workspace.ts'
import { test as base, type TestDatabase } from './database.ts'

export { expect } from './database.ts'

const ROOT = Buffer.alloc(32, 7)
const OPERATOR = { kind: 'operator' } as const

/** A node of the provider in this process, on the test's database; nothing in it is a stand-in. */
export interface Node {
  readonly issuer: string
  readonly services: Awaited<ReturnType<typeof wire>>
  readonly outcomes: readonly Outcome[]
  close(): Promise<void>
}

async function wire(db: Db, config: Config, publish: (outcome: Outcome) => void) {
  const rootKeys = localRootKeys([{ secret: ROOT }])
  const incarnation = await loadIncarnation(db)
  const serverKeys = await loadServerKeys({ db, rootKeys, incarnation })
  const epochRotation = config.keys.epochRotation
  const keyring = createKeyring({ db, rootKeys, incarnation, epochRotation })
  const policy = { ...config.keys.signing, margin: 30, maxTokenLifetime: 3600 }
  await rotateSigningKeys({ db, serverKeys }, { algs: ['ES256', 'RS256'], policy })
  const deps = {
    db,
    config,
    keyring,
    serverKeys,
    registry: registryFinder(db),
    activity: createActivity({ db }),
    advanceFamily: createAdvanceFamily({ db }),
    families: familyReader(db),
    stays: stayReader(db),
    publish,
  }
  return { ...deps, passwords: createPasswords(config.passwords), oidc: await createOidc(deps) }
}

export async function startNode(database: TestDatabase, settings = ''): Promise<Node> {
  const app = new Koa()
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { config } = loadConfig({ text: `issuer: ${issuer}\n${settings}`, env: {} })
  const outcomes: Outcome[] = []
  const services = await wire(database.db, config, (outcome) => outcomes.push(outcome))

  app.keys = cookieKeys(services.serverKeys)
  app.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      ctx.status = error instanceof DomainError && error.code === 'session_ended' ? 400 : 500
      ctx.body = { error: String(error), stack: (error as Error).stack }
      if (ctx.status === 500) console.error(error)
    }
  })
  app.use(services.oidc.middleware as never)
  server.on('request', app.callback())
  return {
    issuer,
    services,
    outcomes,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** What a test is given to begin with, made through the product's own use cases. */
export function givenOn(node: Node) {
  const { services } = node
  const { db } = services
  const name = () => randomBytes(4).toString('hex')

  return {
    user: (): Promise<User> => createUser(services, { username: `user-${name()}`, by: OPERATOR }),

    workspace: async (...members: readonly User[]): Promise<Workspace> => {
      const slug = `team-${name()}`
      const workspace = await createWorkspace(db, { slug, name: slug, by: OPERATOR })
      for (const { id: userId } of members)
        await addMember(db, { workspaceId: workspace.id, userId, roles: ['member'], by: OPERATOR })
      return workspace
    },

    client: async (metadata: object = {}) => {
      const created = await createClient(services, {
        metadata: {
          client_name: 'Test',
          redirect_uris: ['https://rp.example/callback'],
          grant_types: ['authorization_code', 'refresh_token'],
          ...metadata,
        },
        by: OPERATOR,
      })
      return { ...created.client, secret: created.secret?.reveal() ?? null }
    },

    consent: (
      user: User,
      workspace: Workspace,
      client: Client,
      scopes: ConsentedScopes = { openid: ['openid', 'profile', 'email'], resources: {} },
    ) =>
      recordConsent(db, {
        userId: user.id,
        workspaceId: workspace.id,
        clientId: client.id,
        scopes,
        by: { kind: 'user', id: user.id },
      }),

    /** A browser that is logged in: the value of its Cookie header, and the login's id. */
    browser: async (user: User): Promise<Browser> => {
      const { id } = await startLogin(services, {
        userId: user.id,
        proof: PASSWORD_PROOF,
        context: { address: '203.0.113.77', userAgent: 'Test/1.0' },
      })
      const value = randomBytes(24).toString('base64url')
      await giveCookie(services, id, value)
      const cookie = loginCookieName(node.issuer)
      const signed = new Keygrip(cookieKeys(services.serverKeys)).sign(`${cookie}=${value}`)
      return { loginId: id, cookie: `${cookie}=${value}; ${cookie}.sig=${signed}` }
    },
  }
}

export interface Browser {
  readonly loginId: LoginId
  cookie: string
}

export type Given = ReturnType<typeof givenOn>

interface Fixtures {
  readonly node: Node
  readonly given: Given
}

export const test = base.extend<Fixtures>({
  node: async ({ database }, use) => {
    const node = await startNode(database)
    await use(node)
    await node.close()
  },
  given: async ({ node }, use) => use(givenOn(node)),
})
