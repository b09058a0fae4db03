import { test as base } from 'playwright/test'
import type { Services } from '../../src/services.ts'
import { createTestDatabase } from '../support/database.ts'
import { type Party, send } from '../support/relying-party.ts'
import { type RunningApp, startApp } from '../support/server.ts'
import { type Given, givenOn } from '../support/world.ts'

export { expect } from 'playwright/test'

type Sent = Parameters<typeof send>[1]
export type Answer = Awaited<ReturnType<typeof send>>

/** A whole server, and the means to ask it as its proxy does. */
export interface Served {
  readonly issuer: string
  readonly services: Services
  readonly given: Given
  ask(path: string, more?: Partial<Sent>): Promise<Answer>
  /** A client that speaks to this server. */
  party(client: { readonly clientId: string; readonly secret: string | null }): Party
  query(statement: string): Promise<unknown>
}

const HTTPS = 'https://id.example'
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
export const BROWSER = { accept: 'text/html,*/*;q=0.8' }

/** A server for each kind of issuer; the https one stands behind a proxy, as it would. */
export const test = base.extend<object, { plain: Served; secure: Served }>({
  plain: [({}, use) => serve({}, use), { scope: 'worker' }],
  secure: [
    ({}, use) => serve({ SOJOURN_ISSUER: HTTPS, SOJOURN_PROXY_HOPS: '1' }, use),
    { scope: 'worker' },
  ],
})

async function serve(
  env: Readonly<Record<string, string>>,
  use: (served: Served) => Promise<void>,
): Promise<void> {
  const database = await createTestDatabase()
  const app = await startApp(database, {
    env: { SOJOURN_REGISTRATION_ENABLED: 'true', ...env },
  })
  await use(servedBy(app, database.pool))
  await app.close()
  await database.drop()
}

function servedBy({ url, services }: RunningApp, pool: { query(text: string): Promise<unknown> }) {
  const { issuer } = services.config
  const proxied =
    issuer === HTTPS ? { host: 'id.example', 'x-forwarded-proto': 'https' } : undefined
  return {
    issuer,
    services,
    given: givenOn({ issuer, services }),
    ask: (path: string, more: Partial<Sent> = {}) => {
      const headers = { ...proxied, ...more.headers }
      return send({ issuer: url }, { method: 'GET', path, ...more, headers })
    },
    party: (client: { readonly clientId: string; readonly secret: string | null }) => ({
      issuer,
      via: new URL(url).host,
      ...client,
    }),
    query: (statement: string) => pool.query(statement),
  }
}
