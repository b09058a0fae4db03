import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './fixture.ts'
import { runCommand } from './running.ts'

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
