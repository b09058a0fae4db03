import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from 'playwright/test'
import { embeddedAccount, otherAccount } from '../../src/database/embedded-account.ts'
import { embeddedBinaries } from '../../src/database/embedded-binaries.ts'
import { openCluster } from '../../src/database/embedded-cluster.ts'
import { takeLease } from '../../src/database/embedded-lease.ts'
import { runPostgres } from '../../src/database/embedded-process.ts'
import { postmasterOf, stopPostmaster } from '../../src/database/postmaster.ts'
import { QUIET } from '../support/database-address.ts'

const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-account-'))
    await use(folder)
    await stopPostmaster(join(folder, 'postgres'), 10)
    await rm(folder, { recursive: true })
  },
})

type Account = Awaited<ReturnType<typeof embeddedAccount>>

/** Runs PostgreSQL once as an account and tells as whom it ran. */
async function runOnce(account: Account): Promise<number> {
  const cluster = await openCluster(account, false)
  const server = runPostgres(cluster, {}, QUIET)
  for (;;) {
    const lease = await takeLease(cluster, 'sojourn').catch(server.ensure)
    if (!lease) continue
    const pid = await postmasterOf(cluster.data)
    const { uid } = await stat(`/proc/${pid}`)
    await stopPostmaster(cluster.data, 10)
    await lease.end()
    return uid
  }
}

test.describe('root', () => {
  test.skip(process.getuid?.() !== 0, 'only root needs another account')

  test('runs it under another account where namespaces are forbidden', async ({ folder }) => {
    const account = await otherAccount(folder, await embeddedBinaries(), QUIET)

    const uid = await runOnce(account)

    expect(uid).toBe(account.ids?.uid)
    expect(uid).toBeGreaterThan(0)
    expect(account.home).toBe(folder)
    expect((await stat(join(folder, 'postgres'))).mode & 0o777).toBe(0o700)
  })

  test('may change between the two ways and keeps its data', async ({ folder }) => {
    const binaries = await embeddedBinaries()
    const inPlace = await embeddedAccount(folder, binaries, QUIET)
    const other = await otherAccount(folder, binaries, QUIET)

    await runOnce(inPlace)
    const { birthtimeMs } = await stat(join(folder, 'postgres', 'PG_VERSION'))
    await runOnce(other)
    await runOnce(inPlace)

    expect((await stat(join(folder, 'postgres', 'PG_VERSION'))).birthtimeMs).toBe(birthtimeMs)
  })
})
