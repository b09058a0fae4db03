import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test as base, expect } from '../support/world.ts'
import { managedOn } from './managed.ts'

const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** The package as `npm pack` makes it, unpacked where a project of somebody else has it. */
const test = base.extend<{ project: string }>({
  project: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-sdk-'))
    const [built, packed] = [join(folder, 'built'), join(folder, 'node_modules/@sojourn/sdk')]
    await run(process.execPath, [join(ROOT, 'scripts/build-sdk.js'), built])
    const { stdout } = await run('npm', ['pack', '--json', built], { cwd: folder })
    const [{ filename }] = JSON.parse(stdout)
    await mkdir(packed, { recursive: true })
    await run('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', packed])
    await symlink(join(ROOT, 'node_modules/jose'), join(folder, 'node_modules/jose'))
    await use(folder)
    await rm(folder, { recursive: true })
  },
})

test.describe('the package of the SDK', () => {
  test('works in a project of its own, in JavaScript', async ({ project, node }) => {
    const { credentials } = await managedOn(node)
    await writeFile(join(project, 'use.mjs'), USE)
    const { stdout } = await run(process.execPath, ['use.mjs', JSON.stringify(credentials)], {
      cwd: project,
      env: {},
    })
    expect(JSON.parse(stdout)).toEqual({ isValid: true, code: 'renewal_too_early', own: true })
  })

  test('has types that a strict project accepts, without those of Node', async ({ project }) => {
    await writeFile(join(project, 'use.ts'), TYPED)
    await writeFile(join(project, 'package.json'), '{"type":"module"}')
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const options = ['--strict', '--noEmit', '--types', '', '--module', 'nodenext', '--lib']
    await run(process.execPath, [tsc, ...options, 'es2024,dom', 'use.ts'], { cwd: project })
  })

  test('needs nothing that only one runtime has', async ({ project, node }) => {
    const { credentials } = await managedOn(node)
    const entry = join(project, 'node_modules/@sojourn/sdk/index.js')
    const script = join(import.meta.dirname, 'bare.mjs')
    const flags = ['--experimental-vm-modules', '--no-warnings']
    const args = [...flags, script, entry, JSON.stringify(credentials), 'user123']
    const { stdout } = await run(process.execPath, args)
    expect(JSON.parse(stdout)).toEqual({
      isValid: true,
      refusal: { name: 'SessionError', code: 'renewal_too_early' },
      reason: 'invalidated',
    })
  })
})

const USE = `
import { SessionError, SessionManager } from '@sojourn/sdk'
const sessions = new SessionManager(JSON.parse(process.argv[2]))
const { sessionToken } = await sessions.createSession('user123', { deviceId: 'device123' })
const { isValid } = await sessions.validateSession(sessionToken)
const error = await sessions.renewSession(sessionToken).catch((error) => error)
console.log(JSON.stringify({ isValid, code: error.code, own: error instanceof SessionError }))
`

const TYPED = `
import { type Session, SessionError, SessionManager } from '@sojourn/sdk'
const sessions = new SessionManager({ issuer: 'http://x', clientId: 'a', clientSecret: 'b' })
export async function check(token: string): Promise<Session | string> {
  try {
    const answer = await sessions.validateSession(token, { background: true })
    return answer.isValid ? answer.session : answer.reason
  } catch (error) {
    if (error instanceof SessionError && error.code === 'unavailable') return 'later'
    throw error
  }
}
`
