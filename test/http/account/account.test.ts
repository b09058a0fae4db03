import { formatId } from '../../../src/ids.ts'
import { expect, type House, PASSWORD, test, toldTo } from '../interactions/house.ts'
import { fieldOf, type Visitor, wordsOf } from '../interactions/visitor.ts'
import { sectionOf } from './person.ts'

const typed = { username: 'ada', password: PASSWORD }

test.describe("a person's own page", () => {
  test('asks for the password first, and needs no application', async ({ house }) => {
    await house.user('ada')
    const visitor = house.visitor()
    const login = await visitor.get('/account')
    expect(new URL(login.address).pathname).toBe('/login')
    const page = await visitor.press(login, 'Log in', typed)
    expect(new URL(page.address).pathname).toBe('/account')
    expect(wordsOf(page.text)).toContain('No workspace is open')
  })

  test('keeps the name and says why when nobody was let in', async ({ house }) => {
    const visitor = house.visitor()
    const login = await visitor.get('/login')
    const wrong = await visitor.press(login, 'Log in', typed)
    expect(wrong.status).toBe(401)
    expect(fieldOf(wrong.text, 'username')).toBe('ada')
    expect((await visitor.post('/login', typed)).status).toBe(400)
  })

  test('gives a cookie of its own making, which single sign-on then takes', async ({ house }) => {
    const ada = await house.user('ada')
    const notes = await house.client()
    await house.consent(ada, await house.workspace('Old Mill', ada), notes)
    const visitor = house.visitor()
    visitor.setCookie(house.cookieName, 'planted')
    await visitor.press(await visitor.get('/login'), 'Log in', typed)
    expect(visitor.cookie(house.cookieName)).toMatch(/^[\w-]{43}$/)
    const silent = await house.arrive(visitor, notes, { prompt: 'none' })
    expect(toldTo(silent.seen)).toHaveProperty('code')
  })

  test('lists what this login holds open, and by whom it is used', async ({ house }) => {
    const { visitor } = await ada(house)
    const other = house.visitor()
    await other.press(await other.get('/login'), 'Log in', typed)
    const words = sectionOf(await visitor.get('/account'), 'here')
    expect(words).toMatch(/Old Mill .* Used by Notes Started just now Last used just now/)
    expect(words).toContain('editor')
    expect(sectionOf(await other.get('/account'), 'here')).not.toContain('Old Mill')
  })

  test('ends one session and leaves the login', async ({ house }) => {
    const { visitor, notes, person } = await ada(house)
    await house.consent(person, await house.workspace('Lantern Row', person), notes)
    await house.arrive(visitor, notes, { workspace: 'lantern-row' })
    const page = await visitor.get('/account')
    const after = await visitor.press(page, 'End the session in Old Mill')
    expect(sectionOf(after, 'here')).not.toContain('Old Mill')
    expect(sectionOf(after, 'here')).toContain('Lantern Row')
    // Sent twice, by a double click or a reload.
    expect((await visitor.press(page, 'End the session in Old Mill')).status).toBe(200)
    const silent = await house.arrive(visitor, notes, { prompt: 'none', workspace: 'old-mill' })
    expect(toldTo(silent.seen)).toMatchObject({ error: 'login_required' })
    expect(house.outcomes.filter(({ kind }) => kind === 'session.ended')).toMatchObject([
      { cause: 'left_workspace' },
    ])
  })

  test("does not end another login's session", async ({ house }) => {
    const { db } = (await ada(house)).services
    const [session] = await db.prisma.session.findMany()
    const other = house.visitor()
    await other.press(await other.get('/login'), 'Log in', typed)
    const csrf = fieldOf((await other.get('/account')).text, 'csrf')
    const posted = { csrf, session: formatId('ses', session?.id as never) }
    expect((await other.post('/account/end', posted)).status).toBe(200)
    expect(await db.prisma.session.count({ where: { endedAt: null } })).toBe(1)
  })

  test('logs out', async ({ house }) => {
    const { visitor, services } = await ada(house)
    const page = await visitor.press(await visitor.get('/account'), 'Log out')
    expect(wordsOf(page.text)).toContain('You are logged out')
    expect(visitor.cookie(house.cookieName)).toBeUndefined()
    expect(await services.db.prisma.login.count({ where: { endedAt: null } })).toBe(0)
  })

  test('does nothing for a form that another site made', async ({ house }) => {
    const { visitor, services } = await ada(house)
    const [session] = await services.db.prisma.session.findMany()
    const form = { csrf: 'AAAA', session: formatId('ses', session?.id as never) }
    for (const address of ['/logout', '/account/end'])
      expect((await visitor.post(address, form)).status).toBe(400)
    expect(await services.db.prisma.session.count({ where: { endedAt: null } })).toBe(1)
  })

  test('does not take a cookie whose signature is not ours', async ({ house }) => {
    const { visitor } = await ada(house)
    visitor.setCookie(`${house.cookieName}.sig`, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA')
    expect(new URL((await visitor.get('/account')).address).pathname).toBe('/login')
  })
})

/** Ada, who has used Notes in the Old Mill with this browser. */
async function ada(house: House) {
  const person = await house.user('ada')
  const notes = await house.client()
  await house.consent(person, await house.workspace('Old Mill', person), notes)
  const visitor: Visitor = house.visitor()
  const { seen } = await house.arrive(visitor, notes)
  expect(toldTo(await visitor.press(seen, 'Log in', typed))).toHaveProperty('code')
  return { visitor, notes, person, services: house.app.services }
}
