import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../cli/running.ts'
import type { Browsing, Page } from './browse.ts'

type Json = Record<string, unknown>

/** An operator at the command line, who sets up what tests then meet from outside. */
export interface Operator {
  /** Runs a command; resolves to its answer. */
  sojourn(line: string, stdin?: string): Promise<Json>
  /** Makes somebody who can log in and is a member of `WORKSPACE`, or of another one. */
  person(workspace?: string): Promise<Person>
  client(metadata: Json, flags?: string): Promise<Credentials>
}

export interface Person {
  readonly username: string
  readonly password: string
}

export interface Credentials {
  readonly clientId: string
  readonly secret: string
}

export const WORKSPACE = 'atelier'

/** `env` is what the server has as well; the workspace is made at once. */
export async function operatorWith(env: Readonly<Record<string, string>>): Promise<Operator> {
  const sojourn: Operator['sojourn'] = async (line, stdin = '') => {
    const { code, out, err } = await runCommand([...line.split(' '), '--json'], { env, stdin })
    if (code !== 0) throw new Error(`sojourn ${line}: ${err}`)
    return JSON.parse(out) as Json
  }
  await sojourn(`workspace create ${WORKSPACE} --name Atelier`)

  return {
    sojourn,
    person: async (workspace = WORKSPACE) => {
      const [username, password] = [`user-${random(4)}`, random(16)]
      const line = `user create ${username} --password-stdin --member ${workspace}:editor`
      await sojourn(line, `${password}\n`)
      return { username, password }
    },
    client: (metadata, flags = '') =>
      inFile(JSON.stringify(metadata), async (file) => {
        const made = await sojourn(`client create --metadata ${file}${flags && ` ${flags}`}`)
        return { clientId: String(made.client_id), secret: String(made.client_secret) }
      }),
  }
}

async function inFile<T>(text: string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sojourn-operator-'))
  const file = join(folder, 'text')
  await writeFile(file, text)
  return use(file).finally(() => rm(folder, { recursive: true }))
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
