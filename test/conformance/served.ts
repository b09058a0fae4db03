import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../cli/running.ts'
import type { Browsing, Page } from '../support/browse.ts'
import { test as base } from '../support/database.ts'
import { freePort, type ServerProcess, startServer, variablesOf } from '../support/server.ts'

export { expect } from 'playwright/test'

type Json = Record<string, unknown>

/** What an operator has set up for the applications of others. */
export interface Served {
  readonly issuer: string
  /** Runs a command of the operator's; resolves to its answer. */
  sojourn(line: string, stdin?: string): Promise<Json>
  person(): Promise<Person>
  client(
    metadata: Json,
    flags?: string,
  ): Promise<{ readonly clientId: string; readonly secret: string }>
}

export interface Person {
  readonly username: string
  readonly password: string
}

const ENV = {
  SESSION_SECRET_KEY: randomBytes(32).toString('base64'),
  SOJOURN_BACKCHANNEL_ALLOW: 'localhost',
}
export const WORKSPACE = 'atelier'

/** A server in a process of its own, which tests meet by its addresses and its commands alone. */
export const test = base.extend<{ server: ServerProcess; served: Served }>({
  server: async ({ database }, use) => {
    const port = await freePort()
    const server = await startServer({ url: database.url, port, env: ENV })
    await use(server)
    await server.stop()
  },
  served: async ({ server, database }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-conformance-'))
    const env = variablesOf({ url: database.url, env: ENV }, server.port)
    const served = servedBy(server.url, env, folder)
    await served.sojourn(`workspace create ${WORKSPACE} --name Atelier`)
    await use(served)
    await rm(folder, { recursive: true })
  },
})

function servedBy(issuer: string, env: Readonly<Record<string, string>>, folder: string): Served {
  const sojourn: Served['sojourn'] = async (line, stdin = '') => {
    const { code, out, err } = await runCommand([...line.split(' '), '--json'], { env, stdin })
    if (code !== 0) throw new Error(`sojourn ${line}: ${err}`)
    return JSON.parse(out) as Json
  }

  return {
    issuer,
    sojourn,
    person: async () => {
      const [username, password] = [`user-${random(4)}`, random(16)]
      const line = `user create ${username} --password-stdin --member ${WORKSPACE}:editor`
      await sojourn(line, `${password}\n`)
      return { username, password }
    },
    client: async (metadata, flags = '') => {
      const file = join(folder, random(4))
      await writeFile(file, JSON.stringify(metadata))
      const made = await sojourn(`client create --metadata ${file}${flags && ` ${flags}`}`)
      return { clientId: String(made.client_id), secret: String(made.client_secret) }
    },
  }
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/** Goes to an application's login and through our pages: the password, then the consent. */
export async function logIn(browsing: Browsing, address: string, person: Person): Promise<Page> {
  const login = await browsing.open(address)
  const consent = await browsing.press(login, 'Log in', { ...person })
  return browsing.press(consent, 'Allow')
}
