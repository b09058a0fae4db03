import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatId, newId } from '../../src/ids.ts'
import { test as base, expect } from '../support/database.ts'
import { type Ran, runCommand } from './running.ts'

type Command = (line: string, stdin?: string) => Promise<Ran>

const test = base.extend<{ folder: string; sojourn: Command }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-cli-'))
    await use(folder)
    await rm(folder, { recursive: true })
  },
  /** Commands on a database and in a data folder of the test's. */
  sojourn: async ({ database, folder }, use) => {
    const env = { DATABASE_URL: database.url.reveal(), SOJOURN_DATA_FOLDER: folder }
    await use((line, stdin) => runCommand(line.split(' '), { env, ...(stdin && { stdin }) }))
  },
})

const PASSWORD = 'a password of many words'

function json({ out }: Ran) {
  return JSON.parse(out)
}

test.describe('sojourn', () => {
  test('explains each command', async () => {
    const { code, out } = await runCommand(['--help'])
    expect(code).toBe(0)
    for (const name of ['serve', 'migrate', 'user', 'workspace', 'client', 'keys', 'config'])
      expect(out).toContain(name)
    for (const command of [
      'serve',
      'migrate',
      'user create',
      'workspace create',
      'client create',
      'keys rotate',
      'keys rotate-root',
      'keys status',
      'config check',
    ]) {
      const help = await runCommand([...command.split(' '), '--help'])
      expect([command, help.code]).toEqual([command, 0])
      expect(help.out).toContain('--json')
    }
  })

  test('refuses what it does not understand with 2', async () => {
    for (const line of [
      'nonsense',
      'user',
      'user create',
      'migrate --frobnicate',
      'workspace create atelier',
      'config check extra',
    ]) {
      const { code, out } = await runCommand(line.split(' '))
      expect([line, code, out]).toEqual([line, 2, ''])
    }
  })

  test('says in one line, without a stack, why the database cannot be had', async () => {
    const env = { DATABASE_URL: 'postgres://sojourn:hunter2-secret@127.0.0.1:1/sojourn' }
    const { code, err } = await runCommand(['keys', 'status'], { env })
    expect(code).toBe(1)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    expect(err).not.toContain('hunter2-secret')
    const asJson = await runCommand(['keys', 'status', '--json'], { env })
    expect(JSON.parse(asJson.err)).toMatchObject({ error: 'unavailable' })
  })
})

test.describe('config check', () => {
  test('names every problem at once, and no value', async ({ folder }) => {
    const file = join(folder, 'sojourn.yaml')
    await writeFile(file, 'issuer: hunter2\nlisten: { port: 99999 }\nfrobnicate: 1\n')
    const { code, err } = await runCommand(['config', 'check', '--config', file, '--json'])
    expect(code).toBe(1)
    const { error, problems } = JSON.parse(err)
    expect(error).toBe('invalid_configuration')
    expect(problems.map(({ key }: { key: string }) => key).sort()).toEqual([
      'frobnicate',
      'issuer',
      'listen.port',
    ])
    expect(err).not.toContain('hunter2')
  })

  test('passes the configuration of the mission with a warning', async () => {
    const file = new URL('../config/session-manager.example.yaml', import.meta.url).pathname
    const env = { SESSION_SECRET_KEY: randomBytes(32).toString('base64') }
    const { code, out } = await runCommand(['config', 'check', '--config', file, '--json'], { env })
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      environment: 'development',
      warnings: [expect.stringContaining('redis')],
    })
  })

  test('takes the file of SOJOURN_CONFIG', async ({ folder }) => {
    const env = { SOJOURN_CONFIG: join(folder, 'missing.yaml') }
    const { code, err } = await runCommand(['config', 'check'], { env })
    expect([code, err.includes('missing.yaml')]).toEqual([1, true])
  })
})

test.describe('migrate', () => {
  test('brings an empty database up to date, once', async ({ sojourn, database }) => {
    await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
    expect(json(await sojourn('migrate --status --json')).applied).toEqual([])
    const first = json(await sojourn('migrate --json'))
    expect(first.applied.length).toBeGreaterThan(0)
    expect(json(await sojourn('migrate --json'))).toEqual({ applied: [], pending: [], unknown: [] })
  })

  test('is asked for before any other command', async ({ sojourn, database }) => {
    await database.pool.query('DELETE FROM _prisma_migrations')
    const { code, err } = await sojourn('keys status')
    expect([code, err.includes('sojourn migrate')]).toEqual([1, true])
  })
})

test.describe('people and workspaces', () => {
  test('are made with their memberships', async ({ sojourn, database }) => {
    expect(json(await sojourn('workspace create atelier --name Atelier --json'))).toMatchObject({
      slug: 'atelier',
      id: expect.stringMatching(/^wsp_/),
    })
    const made = await sojourn(
      'user create Ada --password-stdin --name Ada --email ada@example.com --member atelier:editor,viewer --json',
      `${PASSWORD}\n`,
    )
    expect(json(made)).toEqual({ username: 'ada', id: expect.stringMatching(/^usr_/) })
    const { rows } = await database.pool.query(
      'SELECT roles, password_hash FROM membership JOIN "user" ON id = user_id',
    )
    expect(rows).toEqual([
      { roles: ['editor', 'viewer'], password_hash: expect.stringMatching(/^\$argon2id\$/) },
    ])
    const entries = await database.pool.query('SELECT action, actor_kind FROM entry ORDER BY seq')
    expect(entries.rows).toEqual(
      ['workspace.created', 'user.created', 'member.added'].map((action) => ({
        action,
        actor_kind: 'operator',
      })),
    )
  })

  test('are made whole or not at all', async ({ sojourn, database }) => {
    const { code } = await sojourn(
      'user create ada --password-stdin --member nowhere:editor',
      PASSWORD,
    )
    expect(code).toBe(1)
    expect((await database.pool.query('SELECT FROM "user"')).rows).toHaveLength(0)
  })

  test('of one name are refused the second time', async ({ sojourn }) => {
    await sojourn('user create ada --no-password')
    const { code, err } = await sojourn('user create ADA --no-password --json')
    expect([code, JSON.parse(err).error]).toEqual([1, 'user_exists'])
  })

  test('join a workspace later', async ({ sojourn }) => {
    await sojourn('user create ada --no-password')
    await sojourn('workspace create atelier --name Atelier')
    expect(json(await sojourn('workspace add-member atelier ada --role admin --json'))).toEqual({
      workspace: 'atelier',
      username: 'ada',
      roles: ['admin'],
    })
    expect(JSON.parse((await sojourn('workspace add-member atelier bob --json')).err).error).toBe(
      'user_not_found',
    )
  })

  test('have no password from an argument, nor a weak one', async ({ sojourn }) => {
    expect((await sojourn('user create ada --password hunter2')).code).toBe(2)
    expect((await sojourn('user create ada')).code).toBe(2)
    const weak = await sojourn('user create ada --password-stdin --json', 'short')
    expect([weak.code, JSON.parse(weak.err).error]).toEqual([1, 'invalid_request'])
    expect(weak.err).not.toContain('short"')
  })
})

test.describe('client create', () => {
  test('shows a secret once, which is stored nowhere', async ({ sojourn, database }) => {
    const made = json(
      await sojourn(
        'client create --id notes --name Notes --redirect-uri https://notes.example/cb --grant authorization_code --grant refresh_token --json',
      ),
    )
    expect(made).toMatchObject({
      client_id: 'notes',
      client_secret: expect.stringMatching(/^scs_[\w-]{43}$/),
    })
    expect(made.metadata.grant_types).toEqual(['authorization_code', 'refresh_token'])
    const { rows } = await database.pool.query(
      'SELECT row_to_json(client)::text AS row FROM client',
    )
    expect(rows[0].row).not.toContain(made.client_secret)
  })

  test('makes a public one without a secret', async ({ sojourn }) => {
    const made = json(
      await sojourn(
        'client create --public --native --name App --redirect-uri com.example.app:/cb --json',
      ),
    )
    expect(made.client_secret).toBeUndefined()
    expect(made.metadata.token_endpoint_auth_method).toBe('none')
  })

  test('reads the names of RFC 7591 from a file, and judges all of them', async ({
    sojourn,
    folder,
  }) => {
    const file = join(folder, 'client.json')
    await writeFile(
      file,
      JSON.stringify({ client_name: 'Notes', redirect_uris: ['https://notes.example/cb'] }),
    )
    expect(
      json(await sojourn(`client create --metadata ${file} --json`)).metadata.client_name,
    ).toBe('Notes')
    await writeFile(file, JSON.stringify({ client_name: 'Notes', frobnicate: 1 }))
    const { code, err } = await sojourn(`client create --metadata ${file} --json`)
    expect([code, JSON.parse(err).error]).toEqual([1, 'invalid_request'])
  })
})

test('resource create makes an API known', async ({ sojourn }) => {
  const made = json(
    await sojourn(
      'resource create https://api.example --name API --scope read --scope write --format jwt --json',
    ),
  )
  expect(made).toEqual({
    identifier: 'https://api.example',
    name: 'API',
    scopes: ['read', 'write'],
    token_format: 'jwt',
  })
})

test.describe('keys', () => {
  test('status shows one root version, which wraps the server keys', async ({
    sojourn,
    folder,
  }) => {
    const status = json(await sojourn('keys status --json'))
    expect(status.root_versions).toMatchObject([
      { current: true, held: true, keys: { server_key: 2 } },
    ])
    expect((await stat(join(folder, 'root-key'))).mode & 0o777).toBe(0o600)
  })

  test('rotate announces the next signing keys', async ({ sojourn }) => {
    const first = json(await sojourn('keys rotate --json')).announced
    expect(first.map(({ alg }: { alg: string }) => alg)).toEqual(['ES256', 'RS256'])
    const second = json(await sojourn('keys rotate --json')).announced
    expect(Date.parse(second[0].active_at)).toBeGreaterThan(Date.now() + 290_000)
    expect(json(await sojourn('keys rotate --json')).announced).toEqual([])
  })

  test('rotate-root wraps everything anew, and the old version can then be destroyed', async ({
    sojourn,
    folder,
  }) => {
    const before = json(await sojourn('keys status --json')).root_versions[0].version
    const rotated = json(await sojourn('keys rotate-root --json'))
    expect(rotated).toMatchObject({ added: true, rewrapped: 2, unreadable: [] })
    expect(rotated.version).not.toBe(before)
    const [current, old] = json(await sojourn('keys status --json')).root_versions
    expect(current).toMatchObject({
      version: rotated.version,
      current: true,
      keys: { server_key: 2 },
    })
    expect(old).toMatchObject({ version: before, current: false, keys: {} })

    expect(
      JSON.parse((await sojourn(`keys destroy-root ${rotated.version} --json`)).err).error,
    ).toBe('conflict')
    const tooSoon = await sojourn(`keys destroy-root ${before} --json`)
    expect(JSON.parse(tooSoon.err)).toMatchObject({
      error: 'conflict',
      message: expect.stringContaining('a moment old'),
    })
    await age(join(folder, 'root-key'))
    expect(json(await sojourn(`keys destroy-root ${before} --json`))).toEqual({ destroyed: before })
    expect(json(await sojourn('keys status --json')).root_versions).toHaveLength(1)
  })

  test('rotate-root finishes what was interrupted before it begins anew', async ({
    sojourn,
    database,
  }) => {
    await sojourn('keys rotate-root')
    const { rows } = await database.pool.query(
      'SELECT id, root_version, wrapped FROM server_key LIMIT 1',
    )
    const rotated = json(await sojourn('keys rotate-root --json'))
    await database.pool.query(
      'UPDATE server_key SET root_version = $2, wrapped = $3 WHERE id = $1',
      [rows[0].id, rows[0].root_version, rows[0].wrapped],
    )
    expect(json(await sojourn('keys rotate-root --json'))).toMatchObject({
      version: rotated.version,
      added: false,
      rewrapped: 1,
    })
  })
})

/** Makes the file's versions an hour older than they are. */
async function age(file: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const aged = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) =>
    new Date(Date.parse(time) - 3_600_000).toISOString(),
  )
  expect(aged).not.toBe(text)
  await writeFile(file, aged)
}

test.describe('session', () => {
  async function give(
    database: { pool: { query(text: string, values: unknown[]): Promise<unknown> } },
    slug: string,
  ) {
    const id = newId<'ses'>()
    await database.pool.query(
      `INSERT INTO session (id, kind, workspace_id, user_id, secret_wrapped, created_at, last_seen_at, absolute_end_at, idle_timeout)
       SELECT $1, 'offline', w.id, u.id, '\\x00', now(), now(), now() + interval '1 hour', 60
       FROM workspace w, "user" u WHERE w.slug = $2`,
      [id, slug],
    )
    return formatId('ses', id)
  }

  test('list shows what is live, whose it is and until when', async ({ sojourn, database }) => {
    await sojourn('workspace create atelier --name Atelier')
    await sojourn('workspace create borealis --name Borealis')
    await sojourn('user create ada --no-password --member atelier:editor --member borealis')
    const [first, second] = [await give(database, 'atelier'), await give(database, 'borealis')]
    const all = json(await sojourn('session list --json')).sessions
    expect(all.map(({ session_id }: { session_id: string }) => session_id)).toEqual([second, first])
    expect(all[1]).toMatchObject({ kind: 'offline', workspace: 'atelier', holder: 'ada' })
    expect(Date.parse(all[1].expires_at) - Date.parse(all[1].created_at)).toBe(60_000)
    expect(json(await sojourn('session list --workspace atelier --json')).sessions).toHaveLength(1)
    expect(json(await sojourn('session list --user ada --limit 1 --json')).sessions).toHaveLength(1)
    expect(JSON.parse((await sojourn('session list --user bob --json')).err).error).toBe(
      'user_not_found',
    )
    await database.pass('2m')
    expect(json(await sojourn('session list --json')).sessions).toEqual([])
  })

  test('end destroys its key and says who did it', async ({ sojourn, database }) => {
    await sojourn('workspace create atelier --name Atelier')
    await sojourn('user create ada --no-password --member atelier')
    const session = await give(database, 'atelier')
    expect(json(await sojourn(`session end ${session} --json`))).toEqual({ ended: [session] })
    expect(json(await sojourn(`session end ${session} --json`))).toEqual({ ended: [] })
    const { rows } = await database.pool.query('SELECT end_cause, secret_wrapped FROM session')
    expect(rows).toEqual([{ end_cause: 'administrator', secret_wrapped: null }])
    const entries = await database.pool.query(
      `SELECT actor_kind FROM entry WHERE action = 'session.ended'`,
    )
    expect(entries.rows).toEqual([{ actor_kind: 'operator' }])
  })

  test('end refuses what is no session', async ({ sojourn }) => {
    const { code, err } = await sojourn('session end ses_nonsense --json')
    expect([code, JSON.parse(err).error]).toEqual([1, 'session_not_found'])
  })
})
