import { randomBytes } from 'node:crypto'
import { test as base } from 'playwright/test'
import { createUser } from '../../src/users/create-user.ts'
import { createPasswords } from '../../src/users/password.ts'
import { addMember } from '../../src/workspaces/add-member.ts'
import { findWorkspace } from '../../src/workspaces/find-workspace.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { freePort, startServer, testConfig } from '../support/server.ts'
import { collectObjections } from './objections.ts'

export { expect } from 'playwright/test'

/** What `npm start` brings up, in a process of its own. */
export interface Demonstration {
  readonly issuer: string
  readonly notes: string
  readonly billing: string
  /** Moves all that the server has stored into the past. */
  readonly pass: (duration: string) => Promise<void>
  /** Kills the server's process, applications included, and starts another one. */
  readonly crash: () => Promise<void>
  readonly addPerson: AddPerson
}

/** The demonstration's own workspaces, by slug. */
type AddPerson = (...workspaces: readonly ('atelier' | 'borealis' | 'harbour')[]) => Promise<Person>

export interface Person {
  readonly username: string
  readonly password: string
  readonly name: string
}

interface Fixtures {
  /** Somebody whom nobody has met: no earlier consent, and no failed try, is in the way. */
  readonly newcomer: AddPerson
  /** What the browser disliked on any page; a journey ends with nothing of it. */
  readonly objections: readonly string[]
}

interface WorkerFixtures {
  readonly demonstration: Demonstration
  /** What else it is configured with, as variables. */
  readonly settings: Readonly<Record<string, string>>
}

/** One demonstration for all journeys of a worker; people are made for each. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  settings: [{}, { option: true, scope: 'worker' }],
  demonstration: [
    async ({ settings }, use) => {
      const database = await createTestDatabase()
      const [port, notes, billing] = [await freePort(), await freePort(), await freePort()]
      const env = {
        SESSION_SECRET_KEY: randomBytes(32).toString('base64'),
        SOJOURN_DEMO_PORTS_NOTES: String(notes),
        SOJOURN_DEMO_PORTS_BILLING: String(billing),
        ...settings,
      }
      const start = () => startServer({ url: database.url, port, args: ['--demo'], env })
      let server = await start()
      await use({
        issuer: server.url,
        notes: `http://localhost:${notes}`,
        billing: `http://localhost:${billing}`,
        pass: database.pass,
        crash: async () => {
          server.kill('SIGKILL')
          await server.ended
          server = await start()
        },
        addPerson: personMaker(database),
      })
      await server.stop()
      await database.drop()
    },
    { scope: 'worker' },
  ],
  newcomer: ({ demonstration }, use) => use(demonstration.addPerson),
  objections: [
    async ({ context }, use) => {
      const found = await collectObjections(context)
      await use(found)
      base.expect(found).toEqual([])
    },
    { auto: true },
  ],
})

const PASSWORD = 'a long and honest passphrase'

function personMaker({ db }: TestDatabase): AddPerson {
  const passwords = createPasswords(testConfig().passwords)
  const by = { kind: 'operator' } as const
  return async (...workspaces) => {
    const username = `guest-${randomBytes(4).toString('hex')}`
    const person = { username, password: PASSWORD, name: 'Greta Guest' }
    const profile = { name: person.name, email: `${username}@example.com`, emailVerified: true }
    const user = await createUser({ db, passwords }, { ...person, profile, by })
    for (const slug of workspaces) {
      const workspace = await findWorkspace(db, slug)
      if (!workspace) throw new Error(`the demonstration has no ${slug}`)
      const place = { workspaceId: workspace.id, userId: user.id }
      await addMember(db, { ...place, roles: ['editor'], by })
    }
    return person
  }
}
