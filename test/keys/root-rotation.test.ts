import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { browse } from '../support/browse.ts'
import { test as base, expect, type TestDatabase } from '../support/database.ts'
import { logIn, type Operator, operatorWith } from '../support/operator.ts'
import { authorizationRequest, type Party, redeem, refresh } from '../support/relying-party.ts'
import { freePort, startServer, variablesOf } from '../support/server.ts'

const SOJOURN = join(import.meta.dirname, '../../bin/sojourn.js')

/** Two processes whose root key is in one file, and their operator. */
interface House extends Operator {
  readonly issuer: string
  readonly nodes: readonly string[]
  readonly rootKeyFile: string
  /** One more process on what the file holds now; resolves to its address. */
  another(): Promise<string>
  /** Begins a rotation in a process of its own; resolves to what kills it. */
  beginRotation(): () => Promise<void>
}

const test = base.extend<{ house: House }>({
  house: async ({ database: { url } }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-root-'))
    const rootKeyFile = join(folder, 'root-key')
    const port = await freePort()
    const issuer = `http://localhost:${port}`
    const env = { SOJOURN_ROOT_KEY_FILE: rootKeyFile, SOJOURN_ISSUER: issuer }
    const servers = [await startServer({ url, port, env }), await startServer({ url, env })]
    const variables = variablesOf({ url, env }, port)
    await use({
      ...(await operatorWith(variables)),
      issuer,
      nodes: servers.map((server) => `127.0.0.1:${server.port}`),
      rootKeyFile,
      another: async () => {
        const server = await startServer({ url, env })
        servers.push(server)
        return `127.0.0.1:${server.port}`
      },
      beginRotation: () => {
        const child = spawn(process.execPath, [SOJOURN, 'keys', 'rotate-root'], {
          env: { PATH: process.env.PATH, ...variables },
          stdio: 'ignore',
        })
        const exit = once(child, 'exit')
        return async () => {
          child.kill('SIGKILL')
          expect(await exit).toEqual([null, 'SIGKILL'])
        }
      },
    })
    await Promise.all(servers.map((server) => server.stop()))
    await rm(folder, { recursive: true })
  },
})

/** Somebody who logged in through the pages and goes on refreshing, on both processes in turn. */
async function enter(house: House, workspace?: string) {
  const { clientId, secret } = await house.client({
    client_name: 'Application',
    redirect_uris: ['https://rp.example/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
  })
  const party: Party = { issuer: house.issuer, clientId, secret }
  const { path, verifier } = authorizationRequest(party)
  const back = await logIn(browse(), `${house.issuer}${path}`, await house.person(workspace))
  const { body } = await redeem(party, back.url.searchParams.get('code') ?? '', verifier)
  return { party, sid: decodeJwt(String(body.id_token)).sid, token: String(body.refresh_token) }
}

type Stay = Awaited<ReturnType<typeof enter>>

async function refreshed({ party, sid, token }: Stay, via: string): Promise<Stay> {
  const { status, body } = await refresh({ ...party, via }, token)
  expect([status, body.error]).toEqual([200, undefined])
  expect(decodeJwt(String(body.id_token)).sid).toBe(sid)
  return { party, sid, token: String(body.refresh_token) }
}

/** Uses a stay until told to stop; whatever the keys are doing, each refresh must succeed. */
function keepUsing(house: House, stay: Stay) {
  let over = false
  const used = (async () => {
    let [current, turn] = [stay, 0]
    while (!over) {
      current = await refreshed(current, house.nodes[turn++ % 2]!)
      await sleep(100)
    }
    return current
  })()
  // Whoever stops it hears of a failure.
  used.catch(() => undefined)
  return () => {
    over = true
    return used
  }
}

interface RootVersion {
  readonly version: string
  readonly current: boolean
  readonly keys: Readonly<Record<string, number>>
}

async function rootVersions(house: House): Promise<readonly RootVersion[]> {
  return (await house.sojourn('keys status')).root_versions as RootVersion[]
}

function isSame(one: RootVersion | undefined): (other: RootVersion) => boolean {
  return ({ version }) => version === one?.version
}

/** Does something while a statement's locks are held. */
async function holding(
  { pool }: TestDatabase,
  statement: string,
  work: () => Promise<void>,
): Promise<void> {
  const holder = await pool.connect()
  try {
    await holder.query('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0')
    await holder.query(statement)
    await work()
  } finally {
    await holder.query('ROLLBACK')
    holder.release()
  }
}

/** Makes the file's versions an hour older than they are. */
async function age(file: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const aged = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) =>
    new Date(Date.parse(time) - 3_600_000).toISOString(),
  )
  await writeFile(file, aged)
}

test('a new root key takes over while people work, also when its rotation is killed', async ({
  house,
  database,
}) => {
  test.setTimeout(120_000)
  const stays = [await enter(house), await enter(house), await enter(house)]
  const [old] = await rootVersions(house)
  const ofOld = async () => (await rootVersions(house)).find(isSame(old))?.keys
  const stop = stays.map((stay) => keepUsing(house, stay))

  // The last key to be wrapped anew is held, so that the rotation dies with most of its work done.
  await holding(database, 'SELECT FROM audit_key FOR NO KEY UPDATE', async () => {
    const kill = house.beginRotation()
    await expect.poll(ofOld, { timeout: 30_000 }).toEqual({ audit_key: 1 })
    await kill()
  })
  const [current] = await rootVersions(house)
  expect(current).toMatchObject({ current: true, keys: { epoch_key: 1, login: 3 } })
  // Its first session makes a key on one process that the other has never seen.
  await house.sojourn('workspace create studio --name Studio')
  await refreshed(await enter(house, 'studio'), house.nodes[1]!)
  const again = await house.sojourn('keys rotate-root')
  expect(again).toEqual({ version: current?.version, added: false, rewrapped: 1, unreadable: [] })
  expect(await ofOld()).toEqual({})

  await age(house.rootKeyFile)
  await house.sojourn(`keys destroy-root ${old?.version} --yes`)
  const left = await rootVersions(house)
  expect(left.map(({ version }) => version)).toEqual([current?.version])

  const still = await Promise.all(stop.map((end) => end()))
  const third = await house.another()
  for (const stay of [...still, await enter(house)]) await refreshed(stay, third)
  const ended = await database.pool.query('SELECT 1 FROM session WHERE ended_at IS NOT NULL')
  expect(ended.rows).toEqual([])
})
