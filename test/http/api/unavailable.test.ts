import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SessionManager } from '@sojourn/sdk'
import { openDatabase } from '../../../src/database/database.ts'
import { startEmbedded } from '../../../src/database/embedded-server.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { postmasterOf } from '../../../src/database/postmaster.ts'
import { type Managed, managedOn, nineCalls } from '../../sdk/managed.ts'
import { QUIET, SMALL } from '../../support/database-address.ts'
import { openProxy } from '../../support/database-proxy.ts'
import { expect, startNode, test } from '../../support/world.ts'

const UNAVAILABLE = { name: 'SessionError', code: 'unavailable', status: 503, retryAfter: 1 }

test.describe('without a database', () => {
  test('each of the nine functions says so, decides nothing, and works again after', async ({
    database,
  }) => {
    const proxy = await openProxy(database.url)
    // Renewable from the start, so that each function succeeds where it can.
    const node = await startNode(database, RENEWABLE, proxy.url)
    const { sessions } = await managedOn(node)
    const { sessionToken } = await sessions.createSession('user123')
    const calls = Object.entries(nineCalls(sessions, sessionToken))
    expect(calls).toHaveLength(9)

    await proxy.goDown()
    for (const [name, call] of calls) expect(await refusal(call), name).toMatchObject(UNAVAILABLE)
    await proxy.comeUp()
    for (const [name, call] of calls) expect(await refusal(call), name).toBeNull()
    await node.close()
    await proxy.goDown()
  })

  test('nobody gets an access token, and a service that waits gets on by itself', async ({
    database,
  }) => {
    const proxy = await openProxy(database.url)
    const node = await startNode(database, '', proxy.url)
    const { manager } = await managedOn(node)
    const fresh = manager()
    await proxy.goDown()
    expect(await refusal(() => fresh.getActiveSessions('user123'))).toMatchObject(UNAVAILABLE)
    await proxy.comeUp()
    expect(await fresh.getActiveSessions('user123')).toEqual([])
    await node.close()
    await proxy.goDown()
  })
})

test('a database that is killed under load takes back no answer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sojourn-killed-'))
  const server = await startEmbedded({ dataFolder: folder, log: QUIET })
  const database = openDatabase({ ...SMALL, url: server.url }, QUIET)
  await migrate(database.pool)
  await database.close()
  const node = await startNode(server)
  const managed = await managedOn(node)
  const ledger: Ledger = { live: [], ended: [], unavailable: 0 }

  let isOver = false
  const workers = Array.from({ length: 8 }, () => work(managed.sessions, ledger, () => isOver))
  await expect.poll(() => ledger.ended.length).toBeGreaterThan(20)
  for (let kills = 0; kills < 2; kills += 1) {
    const before = ledger.unavailable
    process.kill((await postmasterOf(join(folder, 'postgres'))) ?? 0, 'SIGKILL')
    await expect.poll(() => ledger.unavailable).toBeGreaterThan(before)
    const again = ledger.ended.length
    await expect.poll(() => ledger.ended.length, { timeout: 60_000 }).toBeGreaterThan(again + 20)
  }
  isOver = true
  await Promise.all(workers)

  await check(managed, ledger)
  await node.close()
  await server.stop()
  await rm(folder, { recursive: true })
})

/** What was answered, and so must hold whatever happens. */
interface Ledger {
  readonly live: string[]
  readonly ended: string[]
  unavailable: number
}

/** Makes two sessions and ends one of them, again and again; nothing but a decision or a 503 is right. */
async function work(sessions: SessionManager, ledger: Ledger, isOver: () => boolean) {
  while (!isOver()) {
    try {
      const { sessionToken: kept } = await sessions.createSession('user123')
      ledger.live.push(kept)
      const { sessionToken } = await sessions.createSession('user123')
      expect((await sessions.validateSession(sessionToken)).isValid).toBe(true)
      await sessions.terminateSession(sessionToken)
      ledger.ended.push(sessionToken)
      expect((await sessions.validateSession(sessionToken)).isValid).toBe(false)
      expect((await sessions.validateSession(kept)).isValid).toBe(true)
    } catch (error) {
      expect(error).toMatchObject({ code: 'unavailable', status: 503 })
      ledger.unavailable += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

async function check({ sessions }: Managed, { live, ended }: Ledger): Promise<void> {
  for (const token of ended)
    expect(await sessions.validateSession(token)).toMatchObject({
      isValid: false,
      reason: 'invalidated',
    })
  for (const token of live)
    expect(await sessions.validateSession(token)).toMatchObject({ isValid: true })
}

async function refusal(call: () => Promise<unknown>): Promise<unknown> {
  return call().then(
    () => null,
    (error: unknown) => error,
  )
}

const RENEWABLE = `
session_manager:
  token_generation: { expiration_time: 1h }
  renewal: { renewal_threshold: 1h }`
