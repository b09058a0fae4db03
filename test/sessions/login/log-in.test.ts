import { changePassword } from '../../../src/access/change-password.ts'
import { disableUser } from '../../../src/access/disable-user.ts'
import { endLogin } from '../../../src/sessions/ending/end.ts'
import { type LogInDeps, logIn } from '../../../src/sessions/login/log-in.ts'
import { PASSWORD_PROOF as proof } from '../../../src/sessions/login/login.ts'
import { liveLogin } from '../../../src/sessions/login/login-cookie.ts'
import { proveAgain, startLogin } from '../../../src/sessions/login/start-login.ts'
import { createUser } from '../../../src/users/create-user.ts'
import { expect, type Node, test } from '../../support/world.ts'

const PASSWORD = 'a long and honest passphrase'
const by = { kind: 'operator' } as const
const context = { address: '203.0.113.77', userAgent: 'Test/1.0' }
const attempt = { username: 'ada', password: PASSWORD, context }

test.describe('logging in with a password', () => {
  test('begins a login, and goes on in it when the same person comes again', async ({ node }) => {
    const { deps } = await ada(node)
    const first = await entered(deps, null)
    const current = await liveLogin(deps, first.loginId)
    const second = await entered(deps, current)
    expect(second.loginId).toBe(first.loginId)
    expect(second.authTime.getTime()).toBeGreaterThan(first.authTime.getTime())
  })

  test('ends the login of whoever was there before', async ({ node }) => {
    const { deps } = await ada(node)
    await createUser(deps, { username: 'bob', password: PASSWORD, by })
    const first = await entered(deps, null)
    const current = await liveLogin(deps, first.loginId)
    const result = await logIn(deps, { ...attempt, username: 'bob', current })
    expect(result.ok).toBe(true)
    expect(await liveLogin(deps, first.loginId)).toBeNull()
  })

  test('begins a new one when the old one ended while the password was verified', async ({
    node,
  }) => {
    const { deps } = await ada(node)
    const first = await entered(deps, null)
    const current = await liveLogin(deps, first.loginId)
    await endLogin(deps, first.loginId, { cause: 'administrator', by })
    const second = await entered(deps, current)
    expect(second.loginId).not.toBe(first.loginId)
    expect(await liveLogin(deps, first.loginId)).toBeNull()
  })

  test('fails when the password was changed while it was verified', async ({ node }) => {
    const { deps, user } = await ada(node)
    const change = () => changePassword(deps, user.id, { password: `${PASSWORD} anew`, by })
    const passwords = interrupted(deps, change)
    const result = await logIn({ ...deps, passwords }, { ...attempt, current: null })
    expect(result).toEqual({ ok: false, reason: 'invalid_credentials' })
    expect(await deps.db.prisma.login.count()).toBe(0)
  })

  test('is no fresh proof of a login when the password was changed meanwhile', async ({ node }) => {
    const { deps, user } = await ada(node)
    const { id, authTime } = await startLogin(deps, { userId: user.id, proof, context })
    const stale = { userId: user.id, proof, context, passwordVersion: 7 }
    await expect(proveAgain(deps, id, stale)).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect((await liveLogin(deps, id))?.authTime).toEqual(authTime)
  })

  test('fails when the person was disabled while it was verified', async ({ node }) => {
    const { deps, user } = await ada(node)
    const passwords = interrupted(deps, () => disableUser(deps, user.id, by))
    const result = await logIn({ ...deps, passwords }, { ...attempt, current: null })
    expect(result).toEqual({ ok: false, reason: 'invalid_credentials' })
  })

  test('writes down where from, sealed', async ({ node }) => {
    const { deps } = await ada(node)
    await entered(deps, null)
    const entry = await deps.db.prisma.entry.findFirst({
      where: { action: 'login.created' },
    })
    const sealed = { keyId: entry?.auditKeyId ?? '', bytes: Buffer.from(entry!.contextSealed!) }
    expect(sealed.bytes.toString('latin1')).not.toContain(context.address)
    expect(await deps.auditKeys.open(deps.db, sealed)).toEqual(context)
  })
})

async function ada({ services: deps }: Node) {
  return { deps, user: await createUser(deps, { username: 'ada', password: PASSWORD, by }) }
}

async function entered(deps: LogInDeps, current: Parameters<typeof logIn>[1]['current']) {
  const result = await logIn(deps, { ...attempt, current })
  if (!result.ok) throw new Error(result.reason)
  return result
}

/** Passwords that somebody does something about between the verification and its use. */
function interrupted(deps: LogInDeps, what: () => Promise<unknown>): LogInDeps['passwords'] {
  return {
    ...deps.passwords,
    verify: async (hash, password) => {
      const matches = await deps.passwords.verify(hash, password)
      await what()
      return matches
    },
  }
}
