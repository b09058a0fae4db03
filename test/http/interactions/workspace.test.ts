import { removeMember } from '../../../src/access/remove-member.ts'
import { addMember } from '../../../src/workspaces/add-member.ts'
import { claimsOf, expect, type House, PASSWORD, test, toldTo, workspaceId } from './house.ts'
import { fieldOf, wordsOf } from './visitor.ts'

const typed = { username: 'ada', password: PASSWORD }

test.describe('choosing a workspace', () => {
  test('is asked when there are several and none is named, and survives the consent', async ({
    house,
  }) => {
    const { notes, visitor } = await arriving(house)
    const { seen, verifier } = await house.arrive(visitor, notes)
    const picker = await visitor.press(seen, 'Log in', typed)
    expect(wordsOf(picker.text)).toContain('Choose a workspace')
    expect(wordsOf(picker.text)).not.toContain('Secret Garden')

    const consent = await visitor.press(picker, 'Old Mill')
    expect(wordsOf(consent.text)).toContain('Let Notes into Old Mill ?')
    const { code = '' } = toldTo(await visitor.press(consent, 'Allow'))
    const tokens = await house.redeem(notes, { code, verifier })
    expect(claimsOf(tokens.id_token)).toMatchObject({ workspace_slug: 'old-mill' })
  })

  test('is not asked when the client names one of theirs, by slug or identifier', async ({
    house,
  }) => {
    const { notes, visitor, row } = await arriving(house)
    for (const workspace of ['lantern-row', workspaceId(row)]) {
      visitor.forget()
      const { seen } = await house.arrive(visitor, notes, { workspace })
      const consent = await visitor.press(seen, 'Log in', typed)
      expect(wordsOf(consent.text)).toContain('Let Notes into Lantern Row ?')
    }
  })

  test('does not take one that is not theirs, whatever is posted', async ({ house }) => {
    const { notes, visitor, garden } = await arriving(house)
    const { seen } = await house.arrive(visitor, notes)
    const picker = await visitor.press(seen, 'Log in', typed)
    for (const workspace of [workspaceId(garden), 'wsp_00000000000000000000000000', 'old-mill']) {
      const page = await visitor.press(picker, 'Old Mill', { workspace })
      expect(page.status).toBe(403)
    }
  })

  test('offers another person, and forgets nothing of the request', async ({ house }) => {
    const { notes, visitor } = await arriving(house)
    const bob = await house.user('bob')
    await house.consent(bob, await house.workspace('Harbour House', bob), notes)
    const { seen, verifier } = await house.arrive(visitor, notes)
    const picker = await visitor.press(seen, 'Log in', typed)
    const login = await visitor.press(picker, 'Not you? Switch person')
    const left = await visitor.press(login, 'Log in', { username: 'bob', password: PASSWORD })
    const tokens = await house.redeem(notes, { code: toldTo(left).code ?? '', verifier })
    expect(claimsOf(tokens.id_token)).toMatchObject({ workspace_slug: 'harbour-house' })
  })
})

test.describe('a workspace that somebody else has chosen', () => {
  test('is not the choice of who logs in after them', async ({ house }) => {
    const { notes, visitor, row } = await arriving(house)
    const bob = await house.user('bob')
    await house.workspace('Harbour House', bob)
    const membership = { workspaceId: row.id, userId: bob.id, roles: [] }
    await addMember(house.app.services.db, { ...membership, by: { kind: 'operator' } })
    const { seen } = await house.arrive(visitor, notes)
    const picker = await visitor.press(seen, 'Log in', typed)
    const consent = await visitor.press(picker, 'Lantern Row')
    const login = await visitor.post(`${consent.address}/switch`, {
      csrf: fieldOf(consent.text, 'csrf'),
    })
    const next = await visitor.press(login, 'Log in', { username: 'bob', password: PASSWORD })
    expect(wordsOf(next.text)).toContain('Choose a workspace')
  })
})

test.describe('a workspace that is not theirs', () => {
  test('reads like one that does not exist', async ({ house }) => {
    const { notes, visitor } = await arriving(house)
    const pages: string[] = []
    for (const workspace of ['secret-garden', 'no-such-place']) {
      visitor.forget()
      const { seen } = await house.arrive(visitor, notes, { workspace })
      const page = await visitor.press(seen, 'Log in', typed)
      expect(page.status).toBe(403)
      pages.push(wordsOf(page.text).replace(/Request .*$/, ''))
    }
    expect(pages[0]).toBe(pages[1])
  })

  test('leads back to the client with a proper error', async ({ house }) => {
    const { notes, visitor } = await arriving(house)
    const { seen } = await house.arrive(visitor, notes, { workspace: 'secret-garden' })
    const page = await visitor.press(seen, 'Log in', typed)
    expect(toldTo(await visitor.press(page, 'Back to Notes'))).toMatchObject({
      error: 'access_denied',
      error_description: 'not a member of the workspace',
      state: 'st4te',
    })
  })

  test('leads to one that is', async ({ house }) => {
    const { notes, visitor } = await arriving(house)
    const { seen } = await house.arrive(visitor, notes, { workspace: 'secret-garden' })
    const page = await visitor.press(seen, 'Log in', typed)
    const picker = await visitor.press(page, 'Choose another workspace')
    const consent = await visitor.press(picker, 'Lantern Row')
    expect(wordsOf(consent.text)).toContain('Let Notes into Lantern Row ?')
    expect(toldTo(await visitor.press(consent, 'Allow'))).toHaveProperty('code')
  })

  test('leads to somebody whose it is', async ({ house }) => {
    const { notes, visitor } = await arriving(house)
    const { seen } = await house.arrive(visitor, notes, { workspace: 'secret-garden' })
    const page = await visitor.press(seen, 'Log in', typed)
    const login = await visitor.press(page, 'Log in as someone else')
    const consent = await visitor.press(login, 'Log in', { username: 'eve', password: PASSWORD })
    expect(wordsOf(consent.text)).toContain('Let Notes into Secret Garden ?')
  })

  test('is left only by a form of this browser', async ({ house }) => {
    const { notes, visitor } = await arriving(house)
    const { seen } = await house.arrive(visitor, notes, { workspace: 'secret-garden' })
    const page = await visitor.press(seen, 'Log in', typed)
    for (const label of ['Choose another workspace', 'Log in as someone else', 'Back to Notes'])
      expect((await visitor.press(page, label, { csrf: 'AAAA' })).status).toBe(400)
  })

  test('is all there is for somebody without any', async ({ house }) => {
    const notes = await house.client()
    await house.user('ada')
    const visitor = house.visitor()
    const { seen } = await house.arrive(visitor, notes)
    const page = await visitor.press(seen, 'Log in', typed)
    expect(page.status).toBe(403)
    expect(wordsOf(page.text)).toContain('You are in no workspace yet')
    expect(wordsOf(page.text)).not.toContain('Choose another workspace')
  })

  test('is what a workspace becomes for who is removed while choosing', async ({ house }) => {
    const { notes, visitor, person, row } = await arriving(house)
    const { seen } = await house.arrive(visitor, notes)
    const picker = await visitor.press(seen, 'Log in', typed)
    const consent = await visitor.press(picker, 'Lantern Row')
    const by = { kind: 'operator' } as const
    await removeMember(house.app.services, { workspaceId: row.id, userId: person.id, by })

    expect((await visitor.press(consent, 'Allow')).status).toBe(403)
    expect(await house.app.services.db.prisma.consent.count()).toBe(0)
  })
})

/** Ada of two workspaces, Eve of a third, and nobody is logged in yet. */
async function arriving(house: House) {
  const person = await house.user('ada')
  const eve = await house.user('eve')
  await house.workspace('Old Mill', person)
  const row = await house.workspace('Lantern Row', person)
  const garden = await house.workspace('Secret Garden', eve)
  return { person, row, garden, notes: await house.client(), visitor: house.visitor() }
}
