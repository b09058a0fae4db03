import { test as base, expect } from 'playwright/test'
import { decodeStrict } from '../../src/crypto/base64url.ts'
import { dumpTables } from './dump.ts'
import * as journey from './journey.ts'
import { openerWith, readSealed } from './opener.ts'
import { type Finding, filesBelow, type Sought, searcher } from './search.ts'
import { ADDRESS, type Stage, setStage } from './stage.ts'

/** What the journey must have made pass, or the search would look for too little. */
const SEEN = [
  'access_token',
  'authorization Basic',
  'authorization Bearer',
  'client_assertion',
  'client_secret',
  'code',
  'code_challenge',
  'code_verifier',
  'cookie csrf',
  'cookie sojourn',
  'cookie sojourn-interaction',
  'cookie sojourn-interaction.sig',
  'cookie sojourn-resume',
  'cookie sojourn-resume.sig',
  'cookie sojourn.sig',
  'csrf',
  'dpop',
  'id_token',
  'id_token_hint',
  'initial_access_token',
  'interaction',
  'login_hint',
  'logout_token',
  'nonce',
  'password',
  'recovery',
  'refresh_token',
  'registration_access_token',
  'request_uri',
  'state',
  'ticket',
  'token',
  'totp_secret',
]

const OFFLINE = { scope: 'openid offline_access', prompt: 'consent' }

const CANARIES: Readonly<Record<string, string>> = {
  raw: 'canary-Raw-5d41402abc4b2a76',
  hex: 'canary-Hex-7d793037a0760186',
  'base64 after 0': 'canary-B0-1b6453892473a467',
  'base64 after 1': 'canary-B1-92eb5ffee6ae2fec',
  'base64url after 2': 'canary-B2-4a8a08f09d37b737',
}

const test = base.extend<{ stage: Stage }>({
  stage: async ({}, use) => {
    const stage = await setStage()
    await use(stage)
    await stage.close()
  },
})

test('after a whole journey no secret and no context is at rest in clear', async ({ stage }) => {
  test.setTimeout(120_000)
  const players = await journey.cast(stage)
  const tokens = await journey.arrive(players, players.web)
  const newer = await journey.useAndRefresh(players.web, tokens)
  await journey.arrivePushed(players, players.web)
  const bound = await journey.arriveBound(players)
  await journey.serve(players, bound.access_token)
  const kept = await journey.arrive(players, players.web, OFFLINE)
  await journey.useAndRefresh(players.web, kept)
  await journey.register(stage)
  await journey.revokeOne(players.page, bound)
  await journey.revokeOne(players.web, newer)
  await journey.addFactor(stage, players)
  await journey.logOut(players, newer)
  await expect.poll(() => stage.party.received.length).toBe(1)
  stage.wire.note('logout_token', stage.party.received[0]?.token ?? '')
  expect([...stage.wire.secrets.keys()].sort()).toEqual(SEEN)

  await plantCanaries(stage)
  const found = await search(stage)

  expect(found.filter(({ name }) => !isCanary(name))).toEqual([])
  for (const [form, canary] of Object.entries(CANARIES)) {
    const seen = found.filter(({ name }) => name === nameOf(canary))
    const places = seen.filter((one) => one.form === form).map(({ where }) => where)
    expect(places).toContain('dump of public.canary')
    expect(places).toContainEqual(expect.stringMatching(/^postgres\/base\//))
    expect(places).toContainEqual(expect.stringMatching(/^postgres\/pg_wal\//))
  }
  const hex = { name: nameOf(CANARIES.raw), form: 'hex', where: 'dump of public.canary' }
  expect(found).toContainEqual(hex)
})

test('who has the database and the root key opens a session until it ends', async ({ stage }) => {
  const players = await journey.cast(stage)
  const tokens = await journey.arrive(players, players.web)
  await journey.arrive(players, players.web, OFFLINE)
  const before = await readSealed(stage.database.pool, 'login')
  const copy = { login: before.login.context_sealed!, session: before.session.context_sealed! }
  const opener = () => openerWith(stage.database, `${stage.folder}/root-key`)
  const context = { address: ADDRESS, userAgent: journey.AGENT }
  const payload = { gty: 'authorization_code' }

  const early = await opener()
  expect(await early.loginContext(before.login, copy.login)).toEqual(context)
  expect(await early.sessionContext(before.session, copy.session)).toEqual(context)
  expect(await early.familyPayload(before.session, before.family)).toMatchObject(payload)

  await journey.logOut(players, tokens)

  const after = await readSealed(stage.database.pool, 'login')
  const nothing = { secret_wrapped: null, context_sealed: null }
  expect(after.login).toMatchObject(nothing)
  expect(after.session).toMatchObject({ ...nothing, epoch_id: null })
  const late = await opener()
  const gone = { code: 'key_destroyed' }
  await expect(late.loginContext(after.login, copy.login)).rejects.toMatchObject(gone)
  await expect(late.sessionContext(after.session, copy.session)).rejects.toMatchObject(gone)
  await expect(late.familyPayload(after.session, before.family)).rejects.toMatchObject(gone)
  // What was meant to outlive the log-out does.
  const offline = await readSealed(stage.database.pool, 'offline')
  expect(await late.familyPayload(offline.session, offline.family)).toMatchObject(payload)
})

/** Each in another disguise, so that a form of which the search is blind shows. */
async function plantCanaries({ database: { pool } }: Stage): Promise<void> {
  const { raw = '', hex = '' } = CANARIES
  const encoded = [
    Buffer.from(CANARIES['base64 after 0'] ?? '').toString('base64'),
    Buffer.from(`x${CANARIES['base64 after 1']}yy`).toString('base64'),
    Buffer.from(`xx${CANARIES['base64url after 2']}`).toString('base64url'),
  ]
  await pool.query('CREATE TABLE canary (plain text, inside bytea, upper text, encoded text)')
  const upper = Buffer.from(hex).toString('hex').toUpperCase()
  // Twice, since the log breaks what crosses the border of one of its pages.
  for (const _ of [1, 2])
    await pool.query('INSERT INTO canary VALUES ($1, $2, $3, $4)', [
      raw,
      Buffer.from(raw),
      upper,
      encoded.join(' '),
    ])
}

/** The data folder with its write-ahead log and logs, what the server said, and a dump of each table. */
async function search(stage: Stage): Promise<Finding[]> {
  const { database, folder, server } = stage
  await server.stop()
  await database.pool.query('CHECKPOINT')
  const look = searcher(soughtIn(stage))
  const found: Finding[] = []
  let bytesSeen = 0
  for await (const { path, bytes } of filesBelow(folder)) {
    bytesSeen += bytes.length
    found.push(...look(path, bytes))
  }
  expect(bytesSeen).toBeGreaterThan(20_000_000)
  for (const { table, bytes } of await dumpTables(database.pool))
    found.push(...look(`dump of ${table}`, bytes))
  const { out, log } = server.output()
  expect(log).toContain('"route":"/oauth2/token"')
  return [...found, ...look('output', Buffer.from(out)), ...look('log', Buffer.from(log))]
}

function nameOf(canary = ''): string {
  return `a canary, ${canary}`
}

function isCanary(name: string): boolean {
  return name.startsWith('a canary')
}

function soughtIn({ wire }: Stage): Sought[] {
  const secrets = [...wire.secrets].flatMap(([name, values]) =>
    [...values].flatMap((value) => partsOf(value).map((part) => ({ name, value: part }))),
  )
  return [
    ...secrets,
    { name: 'address', value: ADDRESS },
    { name: 'user agent', value: journey.AGENT },
    ...Object.values(CANARIES).map((value) => ({ name: nameOf(value), value })),
  ]
}

/** A value, its parts that are secret by themselves (of a JWT: claims, signature), and their bytes. */
function partsOf(value: string): (string | Buffer)[] {
  const [, ...parts] = value.split('.')
  const texts = [value, value.replace(/^[a-z]{3}_/, ''), ...parts].filter(
    ({ length }) => length >= 11,
  )
  const bytes = texts.map((text) => decodeStrict(text)).filter((decoded) => decoded !== null)
  return [...new Set(texts), ...bytes.filter(({ length }) => length >= 8)]
}
