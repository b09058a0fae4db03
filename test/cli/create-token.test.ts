import { randomBytes } from 'node:crypto'
import { expect, type TestDatabase, test } from '../support/database.ts'
import { startApp } from '../support/server.ts'
import { runCommand } from './running.ts'

const METADATA = { redirect_uris: ['https://rp.example/callback'] }

function environmentOf({ url }: TestDatabase) {
  return {
    DATABASE_URL: url.reveal(),
    SESSION_SECRET_KEY: randomBytes(32).toString('base64'),
  }
}

test.describe('client create-token', () => {
  test('lets its bearer register clients, for the time that was asked for', async ({
    database,
    pass,
  }) => {
    const env = { ...environmentOf(database), SOJOURN_REGISTRATION_ENABLED: 'true' }
    const made = await runCommand(['client', 'create-token', '--for', '2h', '--json'], { env })
    expect([made.code, made.err]).toEqual([0, ''])
    const { initial_access_token: token, expires_in: seconds } = JSON.parse(made.out)
    expect([token, seconds]).toEqual([expect.stringMatching(/^sit_[\w-]{43}$/), 7200])

    const app = await startApp(database, { env })
    const register = async () =>
      fetch(`${app.url}/oauth2/register`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(METADATA),
      })
    expect((await register()).status).toBe(201)
    await pass('3h')
    expect((await register()).status).toBe(401)
    await app.close()
  })

  test('is refused where nobody may register, and for no time or too long', async ({
    database,
  }) => {
    const env = environmentOf(database)
    const closed = await runCommand(['client', 'create-token', '--json'], { env })
    expect([closed.code, JSON.parse(closed.err).error]).toEqual([1, 'conflict'])
    for (const time of ['0s', '366d', 'soon', '-1h'])
      expect((await runCommand(['client', 'create-token', `--for=${time}`], { env })).code).toBe(2)
  })
})
