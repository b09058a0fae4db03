import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '../support/database.ts'
import { type Ran, runCommand } from './running.ts'

export { expect } from 'playwright/test'

type Command = (line: string, stdin?: string) => Promise<Ran>

export const test = base.extend<{ folder: string; sojourn: Command }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-cli-'))
    await use(folder)
    await rm(folder, { recursive: true })
  },
  /** Commands on a database and in a data folder of the test's. */
  sojourn: async ({ database, folder }, use) => {
    const env = { DATABASE_URL: database.url.reveal(), SOJOURN_DATA_FOLDER: folder }
    await use((line, stdin) =>
      runCommand(line.split(' ').filter(Boolean), { env, ...(stdin && { stdin }) }),
    )
  },
})

export function json({ out }: Ran) {
  return JSON.parse(out)
}
