import type { SessionId } from '../../../src/ids.ts'
import { endOtherLogins, endOwnLogin, endOwnSession } from '../../../src/sessions/ending/end-own.ts'
import { signIn } from '../../support/relying-party.ts'
import { expect, type Given, type Node, test } from '../../support/world.ts'

test.describe('ending all other logins', () => {
  test('keeps this one, and everybody else', async ({ node, given }) => {
    const { user, stays } = await browsers(node, given, 3)
    const eve = await browsers(node, given, 1)
    const ended = await endOtherLogins(node.services, user.id, stays[1]!.loginId)
    expect(ended.map(({ loginId }) => loginId).sort()).toEqual([
      stays[0]!.loginId,
      stays[2]!.loginId,
    ])
    expect(await live(node, user.id)).toEqual({ logins: 1, sessions: 1 })
    expect(await live(node, eve.user.id)).toEqual({ logins: 1, sessions: 1 })
  })

  test('reaches more of them than one transaction does', async ({ node, given }) => {
    const { user, stays } = await browsers(node, given, 1)
    await node.services.pool.query(COPIES, [stays[0]!.loginId])
    expect((await live(node, user.id)).logins).toBe(251)
    await endOtherLogins(node.services, user.id, stays[0]!.loginId)
    expect(await live(node, user.id)).toEqual({ logins: 1, sessions: 1 })
  })

  test('done at once in many browsers, ends each once and waits in no circle', async ({
    node,
    given,
  }) => {
    const { user, stays } = await browsers(node, given, 8)
    const ended = await Promise.all(
      stays.map(({ loginId }) => endOtherLogins(node.services, user.id, loginId)),
    )
    const ids = ended.flat().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThanOrEqual(7)
    const told = await node.services.db.prisma.entry.count({ where: { action: 'session.ended' } })
    expect(told).toBe(ids.length)
  })
})

test.describe('ending what is not one’s own', () => {
  test('ends nothing', async ({ node, given }) => {
    const ada = await browsers(node, given, 1)
    const eve = await given.user()
    const [{ loginId, sessionId }] = ada.stays as [Stay]
    expect(await endOwnSession(node.services, eve.id, sessionId)).toEqual([])
    expect(await endOwnLogin(node.services, eve.id, loginId)).toEqual([])
    expect(await live(node, ada.user.id)).toEqual({ logins: 1, sessions: 1 })
  })
})

type Stay = Awaited<ReturnType<typeof browsers>>['stays'][number]

/** So many browsers of one person, each with a session in the same workspace. */
async function browsers(node: Node, given: Given, count: number) {
  const user = await given.user()
  const client = await given.client()
  await given.consent(user, await given.workspace(user), client)
  const party = { issuer: node.issuer, clientId: client.clientId, secret: client.secret }
  const { prisma } = node.services.db
  const stays = []
  for (let made = 0; made < count; made += 1) {
    const browser = await given.browser(user)
    const { loginId } = browser
    await signIn(party, browser)
    const { id } = await prisma.session.findFirstOrThrow({ where: { loginId } })
    stays.push({ loginId, sessionId: id as SessionId })
  }
  return { user, stays }
}

async function live({ services: { db } }: Node, userId: string) {
  const where = { userId, endedAt: null }
  return {
    logins: await db.prisma.login.count({ where }),
    sessions: await db.prisma.session.count({ where }),
  }
}

const COPIES = `
  INSERT INTO login (id, user_id, auth_time, acr, amr, secret_wrapped, root_version, created_at,
    last_seen_at, idle_timeout, absolute_end_at)
  SELECT gen_random_uuid(), user_id, auth_time, acr, amr, secret_wrapped, root_version, created_at,
    last_seen_at, idle_timeout, absolute_end_at
  FROM login, generate_series(1, 250) WHERE id = $1`
