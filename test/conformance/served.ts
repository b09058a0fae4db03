import { randomBytes } from 'node:crypto'
import { test as base } from '../support/database.ts'
import { type Operator, operatorWith } from '../support/operator.ts'
import { freePort, type ServerProcess, startServer, variablesOf } from '../support/server.ts'

export { expect } from 'playwright/test'

/** A server for the applications of others, and its operator. */
export interface Served extends Operator {
  readonly issuer: string
}

const ENV = {
  SESSION_SECRET_KEY: randomBytes(32).toString('base64'),
  SOJOURN_BACKCHANNEL_ALLOW: 'localhost',
}

/** A server in a process of its own, which tests meet by its addresses and its commands alone. */
export const test = base.extend<{ server: ServerProcess; served: Served }>({
  server: async ({ database }, use) => {
    const port = await freePort()
    const server = await startServer({ url: database.url, port, env: ENV })
    await use(server)
    await server.stop()
  },
  served: async ({ server, database }, use) => {
    const env = variablesOf({ url: database.url, env: ENV }, server.port)
    await use({ issuer: server.url, ...(await operatorWith(env)) })
  },
})
