import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Keygrip from 'keygrip'
import { createApp } from '../../src/app.ts'
import type { Client } from '../../src/clients/client.ts'
import { createClient } from '../../src/clients/create-client.ts'
import type { ConsentedScopes } from '../../src/consent/consent.ts'
import { recordConsent } from '../../src/consent/record-consent.ts'
import type { LoginId } from '../../src/ids.ts'
import { cookieKeys, loginCookieName } from '../../src/oidc/cookies.ts'
import type { Services } from '../../src/services.ts'
import { PASSWORD_PROOF } from '../../src/sessions/login/login.ts'
import { giveCookie } from '../../src/sessions/login/login-cookie.ts'
import { startLogin } from '../../src/sessions/login/start-login.ts'
import { createUser } from '../../src/users/create-user.ts'
import type { User } from '../../src/users/user.ts'
import { addMember } from '../../src/workspaces/add-member.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'
import type { Workspace } from '../../src/workspaces/workspace.ts'
import { test as base, createTestDatabase, type TestDatabase } from './database.ts'
import { freePort, type ServerProcess, startServer } from './server.ts'
import { openStatementProxy, type StatementProxy } from './statement-proxy.ts'
import { SECRET, wire } from './wire.ts'

export { expect } from './database.ts'
export { SECRET } from './wire.ts'

const OPERATOR = { kind: 'operator' } as const

/** A server in this process, on the test's database; nothing in it is a stand-in. */
export interface Node {
  readonly issuer: string
  readonly services: Services
  close(): Promise<void>
}

/** `settings` are lines of the configuration file; `url` leads to the database by another way. */
export async function startNode(
  database: Pick<TestDatabase, 'url'>,
  settings = '',
  url = database.url,
): Promise<Node> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const wired = await wire(url, `issuer: ${issuer}\n${settings}`)
  server.on('request', createApp(wired.services, wired.looks).callback())
  return {
    issuer,
    services: wired.services,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await wired.close()
    },
  }
}

/** Two server processes of one issuer on one database, and the means to give them what tests need. */
export interface Cluster {
  readonly issuer: string
  /** `host:port` of each process. */
  readonly nodes: readonly [string, string]
  readonly processes: readonly [ServerProcess, ServerProcess]
  readonly services: Services
  /** A process at the issuer's own address, in the place of the first when that was killed. */
  restartFirst(): Promise<ServerProcess>
  close(): Promise<void>
}

export async function startCluster(
  database: Pick<TestDatabase, 'url'>,
  env: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const shared = {
    url: database.url,
    env: {
      SOJOURN_ISSUER: issuer,
      SESSION_SECRET_KEY: SECRET.toString('base64'),
      SOJOURN_DATABASE_POOL_SIZE: '10',
      // A machine that has much else to do is slow, and no database is down.
      SOJOURN_DATABASE_QUEUE_TIMEOUT: '1m',
      SOJOURN_DATABASE_LOCK_TIMEOUT: '10s',
      ...env,
    },
  }
  const wired = await wire(database.url, `issuer: ${issuer}`)
  const first = await startServer({ ...shared, port })
  const second = await startServer(shared)
  const processes = [first, second]
  return {
    issuer,
    nodes: [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`],
    processes: [first, second],
    services: wired.services,
    restartFirst: async () => {
      const again = await startServer({ ...shared, port })
      processes.push(again)
      return again
    },
    close: async () => {
      await Promise.all([...processes.map((process) => process.stop()), wired.close()])
    },
  }
}

/** What a test is given to begin with, made through the product's own use cases. */
export function givenOn({ issuer, services }: Pick<Node, 'issuer' | 'services'>) {
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
      const cookie = loginCookieName(issuer)
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

interface ClusterFixtures {
  readonly cluster: Cluster
  readonly given: Given
}

/** Tests of races: every one with two processes and a database of its own. */
export const clusterTest = base.extend<ClusterFixtures>({
  cluster: async ({ database }, use) => {
    const cluster = await startCluster(database)
    await use(cluster)
    await cluster.close()
  },
  given: async ({ cluster }, use) => use(givenOn(cluster)),
})

/** Two processes and the database that they share, with somebody in between who can hold statements. */
export interface House extends Cluster {
  readonly database: TestDatabase
  readonly proxy: StatementProxy
}

/** Two processes for all tests of a file: each brings people of its own and looks at nobody else's. */
export const houseTest = base.extend<{ given: Given }, { house: House }>({
  house: [
    async ({}, use) => {
      const database = await createTestDatabase()
      const proxy = await openStatementProxy(database.url)
      const cluster = await startCluster(proxy, { SOJOURN_DATABASE_POOL_SIZE: '20' })
      await use({ ...cluster, database, proxy })
      await cluster.close()
      await proxy.close()
      await database.drop()
    },
    { scope: 'worker' },
  ],
  given: async ({ house }, use) => use(givenOn(house)),
})
