import { expect, test } from 'playwright/test'
import { runCommand } from './running.ts'

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
      'keys rotate-data',
      'keys new-incarnation',
      'delivery list',
      'delivery send-again',
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

  test('tells programs in JSON what it does not understand, and nothing else', async () => {
    const lines = [
      ['session list --limit x --json', "option '--limit <count>' argument 'x' is invalid"],
      ['user create --json', "missing required argument 'username'"],
      ['user creat --json', "unknown command 'creat'"],
      ['user --json', "unknown option '--json'"],
      ['user create ada --member a:b:c --json', 'a membership is written workspace:role,role'],
    ] as const
    for (const [line, message] of lines) {
      const { code, out, err } = await runCommand(line.split(' '))
      expect([line, code, out]).toEqual([line, 2, ''])
      const told = { error: 'usage', message: expect.stringContaining(message) }
      expect(JSON.parse(err)).toEqual(told)
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
