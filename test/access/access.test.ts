import { archiveWorkspace } from '../../src/access/archive-workspace.ts'
import { changePassword } from '../../src/access/change-password.ts'
import { deleteClient } from '../../src/access/delete-client.ts'
import { disableClient } from '../../src/access/disable-client.ts'
import { disableUser } from '../../src/access/disable-user.ts'
import { removeMember } from '../../src/access/remove-member.ts'
import { withdrawConsent } from '../../src/access/withdraw-consent.ts'
import { enableClient } from '../../src/clients/disable-client.ts'
import { consentsOf } from '../../src/consent/find-consent.ts'
import { transaction } from '../../src/database/transaction.ts'
import { enableUser } from '../../src/users/disable-user.ts'
import { addMember } from '../../src/workspaces/add-member.ts'
import { somebodyWaits } from '../sessions/stage.ts'
import { authorize, introspect, signIn } from '../support/relying-party.ts'
import { expect, type Given, type Node, test } from '../support/world.ts'

const by = { kind: 'operator', id: 'test' } as const

test.describe('withdrawing a consent', () => {
  test('ends what that client holds through it, and nothing else', async ({ node, given }) => {
    const { ada, mill, tokens, notes, billing, inRow, inBilling } = await stays(node, given)
    const standing = await consentsOf(node.services.db, ada.id)
    const { id } = standing.find((one) => one.workspaceId === mill.id && one.clientId === notes.id)!
    await withdrawConsent(node.services, { id, userId: ada.id, by: { kind: 'user', id: ada.id } })

    expect(await isActive(notes, tokens)).toBe(false)
    expect(await isActive(notes, inRow)).toBe(true)
    expect(await isActive(billing, inBilling)).toBe(true)
    expect(await ended(node)).toEqual({
      grants: ['consent_withdrawn', 'consent_withdrawn'],
      sessions: [],
    })
    const entries = await node.services.db.prisma.entry.findMany({
      where: { action: 'grant.ended' },
    })
    const entry = { actorKind: 'user', actorId: ada.id, detail: { cause: 'consent_withdrawn' } }
    expect(entries).toMatchObject([entry, entry])
  })

  test('outruns a grant that is being made from it', async ({ node, given, database }) => {
    const { ada, notes, row, browser } = await stays(node, given)
    const billing = { issuer: node.issuer, ...(await given.client()) }
    const { id } = await given.consent(ada, row, billing)
    const withdrawn = Promise.withResolvers<void>()
    const commit = Promise.withResolvers<void>()
    const withdrawal = transaction(node.services.db, async (tx) => {
      await withdrawConsent({ db: tx }, { id, userId: ada.id, by })
      withdrawn.resolve()
      await commit.promise
    })
    await withdrawn.promise
    const asked = silent(billing, browser, row.slug)
    await somebodyWaits({ database }, asked)
    commit.resolve()
    await withdrawal
    expect(await asked).toBe('consent_required')
    expect(await silent(notes, browser, row.slug)).toBeNull()
  })

  test("does not reach another person's", async ({ node, given }) => {
    const { ada, tokens, notes } = await stays(node, given)
    const [{ id } = { id: null }] = await consentsOf(node.services.db, ada.id)
    const eve = await given.user()
    const withdrawal = withdrawConsent(node.services, { id: id!, userId: eve.id, by })
    await expect(withdrawal).rejects.toMatchObject({ code: 'not_found' })
    expect(await isActive(notes, tokens)).toBe(true)
  })
})

test.describe('changing a password', () => {
  test('ends every login of that person at once', async ({ node, given }) => {
    const { ada, notes, tokens, browser, elsewhere } = await stays(node, given)
    const done = await changePassword(node.services, ada.id, { password: 'lorem ipsum dolor', by })
    expect(done).toHaveLength(3)
    expect(await isActive(notes, tokens)).toBe(false)
    for (const one of [browser, elsewhere]) expect(await silent(notes, one)).toBe('login_required')
    const { sessions } = await ended(node)
    expect(sessions).toEqual(['password_changed', 'password_changed', 'password_changed'])
  })

  test('is not done at all when the new one is refused', async ({ node, given }) => {
    const { ada, notes, tokens } = await stays(node, given)
    const change = changePassword(node.services, ada.id, { password: 'short', by })
    await expect(change).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await isActive(notes, tokens)).toBe(true)
  })

  test('commits with its gate: nothing lives on when the process dies after it', async ({
    node,
    given,
    database,
  }) => {
    const { ada, notes, tokens, browser } = await stays(node, given)
    await database.pool.query(DIES_CLEARING)
    const change = changePassword(node.services, ada.id, { password: 'lorem ipsum dolor', by })
    await expect(change).rejects.toThrow('it died here')

    expect((await ended(node)).sessions).toEqual([])
    expect(await isActive(notes, tokens)).toBe(false)
    expect(await silent(notes, browser)).toBe('login_required')
  })
})

test.describe('disabling a person', () => {
  test('ends what they have, and enabling brings nothing back', async ({ node, given }) => {
    const { ada, notes, tokens, browser } = await stays(node, given)
    await disableUser(node.services, ada.id, by)
    expect(await isActive(notes, tokens)).toBe(false)
    await enableUser(node.services.db, ada.id, by)
    expect(await isActive(notes, tokens)).toBe(false)
    expect(await silent(notes, browser)).toBe('login_required')
  })

  test('holds at once, also before anything was cleared up, and after enabling', async ({
    node,
    given,
    database,
  }) => {
    const { ada, notes, tokens } = await stays(node, given)
    await database.pool.query(DIES_CLEARING)
    await expect(disableUser(node.services, ada.id, by)).rejects.toThrow('it died here')
    expect(await isActive(notes, tokens)).toBe(false)
    await enableUser(node.services.db, ada.id, by)
    expect(await isActive(notes, tokens)).toBe(false)
  })
})

test.describe('removing a member', () => {
  test('ends their sessions in that workspace, and no others', async ({ node, given }) => {
    const { ada, mill, notes, tokens, inRow, browser } = await stays(node, given)
    const membership = { workspaceId: mill.id, userId: ada.id }
    const done = await removeMember(node.services, { ...membership, by })
    expect(done).toHaveLength(2)
    expect(await isActive(notes, tokens)).toBe(false)
    expect(await isActive(notes, inRow)).toBe(true)

    await addMember(node.services.db, { ...membership, roles: ['member'], by })
    expect(await isActive(notes, tokens)).toBe(false)
    expect(await silent(notes, browser, mill.slug)).toBe('login_required')
  })

  test('of somebody who is none changes nothing', async ({ node, given }) => {
    const { mill, notes, tokens } = await stays(node, given)
    const eve = await given.user()
    const removal = removeMember(node.services, { workspaceId: mill.id, userId: eve.id, by })
    await expect(removal).rejects.toMatchObject({ code: 'not_a_member' })
    expect(await isActive(notes, tokens)).toBe(true)
  })
})

test.describe('archiving a workspace', () => {
  test('ends all sessions in it, and no others', async ({ node, given }) => {
    const { mill, notes, tokens, inRow } = await stays(node, given)
    expect(await archiveWorkspace(node.services, mill.id, by)).toHaveLength(2)
    expect(await isActive(notes, tokens)).toBe(false)
    expect(await isActive(notes, inRow)).toBe(true)
    expect((await ended(node)).sessions).toEqual(['workspace_archived', 'workspace_archived'])
  })
})

test.describe('taking a client away', () => {
  test('ends its grants, which enabling it does not bring back', async ({ node, given }) => {
    const { notes, billing, tokens, inBilling } = await stays(node, given)
    const { grants: gone } = await disableClient(node.services, notes.id, by)
    expect(gone).toHaveLength(3)
    await enableClient(node.services.db, notes.id, by)
    expect(await isActive(notes, tokens)).toBe(false)
    expect(await isActive(billing, inBilling)).toBe(true)
    const { grants, sessions } = await ended(node)
    expect([...new Set(grants)]).toEqual(['client_removed'])
    expect(sessions).toEqual([])
  })

  test('for good ends them too', async ({ node, given }) => {
    const { notes, billing, inBilling } = await stays(node, given)
    const { grants } = await deleteClient(node.services, notes.id, by)
    expect(grants).toHaveLength(3)
    expect(await isActive(billing, inBilling)).toBe(true)
    const again = deleteClient(node.services, notes.id, by)
    await expect(again).rejects.toMatchObject({ code: 'client_not_found' })
  })
})

/** Ada in two workspaces with Notes, in one with Billing, and in the first once more elsewhere. */
async function stays(node: Node, given: Given) {
  const ada = await given.user()
  const [mill, row] = [await given.workspace(ada), await given.workspace(ada)]
  const notes = { issuer: node.issuer, ...(await given.client()) }
  const billing = { issuer: node.issuer, ...(await given.client()) }
  await given.consent(ada, mill, notes)
  await given.consent(ada, row, notes)
  await given.consent(ada, mill, billing)
  const [browser, elsewhere] = [await given.browser(ada), await given.browser(ada)]
  const inMill = { workspace: mill.slug }
  const tokens = await signIn(notes, browser, inMill)
  const inRow = await signIn(notes, browser, { workspace: row.slug })
  const inBilling = await signIn(billing, browser, inMill)
  await signIn(notes, elsewhere, inMill)
  return { ada, mill, row, notes, billing, browser, elsewhere, tokens, inRow, inBilling }
}

type Notes = Awaited<ReturnType<typeof stays>>['notes']
type Tokens = Awaited<ReturnType<typeof signIn>>
type Browser = Awaited<ReturnType<Given['browser']>>

async function isActive(party: Notes, { body }: Tokens): Promise<unknown> {
  return (await introspect(party, String(body.access_token))).body.active
}

/** What single sign-on without a question answers: an error, or nothing when it lets in. */
async function silent(party: Notes, browser: Browser, workspace?: string): Promise<string | null> {
  const params = { prompt: 'none', ...(workspace ? { workspace } : {}) }
  return (await authorize(party, browser, params)).params.get('error')
}

async function ended({ services: { db } }: Node) {
  const where = { endedAt: { not: null } }
  const grants = await db.prisma.grant.findMany({ where })
  const sessions = await db.prisma.session.findMany({ where })
  return {
    grants: grants.map(({ endCause }) => endCause),
    sessions: sessions.map(({ endCause }) => endCause),
  }
}

/** Lets every mark of a session as ended fail, as if the process had died before. */
const DIES_CLEARING = `
  CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'it died here'; END $$;
  CREATE TRIGGER die BEFORE UPDATE OF ended_at ON session FOR EACH ROW EXECUTE FUNCTION die();`
