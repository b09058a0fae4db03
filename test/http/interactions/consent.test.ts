import { withdrawConsent } from '../../../src/access/withdraw-consent.ts'
import { consentsOf } from '../../../src/consent/find-consent.ts'
import { claimsOf, expect, type House, PASSWORD, test, toldTo } from './house.ts'
import { wordsOf } from './visitor.ts'

const API = 'https://api.example/billing'

test.describe('saying yes to a client', () => {
  test('is asked once for what is asked for, in words', async ({ house }) => {
    const { notes, visitor, person } = await arrived(house)
    await house.resource(API, 'Billing API', ['invoices:read', 'invoices:write'])
    const params = { scope: 'openid email invoices:read', resource: API }
    const { seen: consent } = await house.arrive(visitor, notes, params)
    const words = wordsOf(consent.text)
    expect(words).toContain('Your email address, and whether it is confirmed email')
    expect(words).toContain('Use Billing API for you')
    expect(words).toContain('invoices:read')
    expect(words).not.toContain('invoices:write')
    expect(words).toContain('rp.example')

    expect(toldTo(await visitor.press(consent, 'Allow'))).toHaveProperty('code')
    const [given] = await consentsOf(house.app.services.db, person.id)
    expect(given?.scopes).toEqual({
      openid: ['email', 'openid'],
      resources: { [API]: ['invoices:read'] },
    })
    const again = await house.arrive(visitor, notes, { ...params, prompt: 'none' })
    expect(toldTo(again.seen)).toHaveProperty('code')
  })

  test('is asked again for more, and then for all of it', async ({ house }) => {
    const { notes, visitor } = await arrived(house)
    const first = await house.arrive(visitor, notes)
    await visitor.press(first.seen, 'Allow')
    const more = await house.arrive(visitor, notes, { scope: 'openid phone' })
    expect(wordsOf(more.seen.text)).toContain('Your telephone number')
    expect(toldTo(await visitor.press(more.seen, 'Allow'))).toHaveProperty('code')
  })

  test('of work while the person is away tells for how long', async ({ house }) => {
    const { notes, visitor } = await arrived(house)
    const params = { scope: 'openid offline_access', prompt: 'consent' }
    const { seen } = await house.arrive(visitor, notes, params)
    expect(wordsOf(seen.text)).toContain('for 30 days without use, and 90 days at most')
    expect(toldTo(await visitor.press(seen, 'Allow'))).toHaveProperty('code')
  })

  test('is asked whenever the client wants it asked', async ({ house }) => {
    const { notes, visitor } = await arrived(house)
    await visitor.press((await house.arrive(visitor, notes)).seen, 'Allow')
    const { seen } = await house.arrive(visitor, notes, { prompt: 'consent' })
    expect(wordsOf(seen.text)).toContain('Let Notes into Old Mill ?')
    expect(toldTo(await visitor.press(seen, 'Allow'))).toHaveProperty('code')
  })

  test('is not taken for one when it is refused', async ({ house }) => {
    const { notes, visitor, person } = await arrived(house)
    const { seen } = await house.arrive(visitor, notes)
    expect(toldTo(await visitor.press(seen, 'Refuse'))).toMatchObject({
      error: 'access_denied',
      error_description: 'the person refused',
      state: 'st4te',
    })
    expect(await consentsOf(house.app.services.db, person.id)).toEqual([])
  })

  test('needs the form of this browser, and an answer', async ({ house }) => {
    const { notes, visitor, person } = await arrived(house)
    const { seen } = await house.arrive(visitor, notes)
    const address = `${new URL(seen.address).pathname}/consent`
    expect((await visitor.post(address, { decision: 'allow' })).status).toBe(400)
    expect((await visitor.press(seen, 'Allow', { decision: 'perhaps' })).status).toBe(400)
    expect((await visitor.press(seen, 'Allow', { csrf: 'AAAA' })).status).toBe(400)
    expect(await consentsOf(house.app.services.db, person.id)).toEqual([])
  })

  test('is not taken from a browser where somebody else has logged in since', async ({ house }) => {
    const { notes, visitor, person } = await arrived(house)
    await house.user('bob')
    const { seen } = await house.arrive(visitor, notes)
    const page = await visitor.get('/account')
    await visitor.press(page, 'Log out')
    const login = await visitor.get('/login')
    await visitor.press(login, 'Log in', { username: 'bob', password: PASSWORD })

    expect((await visitor.press(seen, 'Allow')).status).toBe(400)
    expect(await consentsOf(house.app.services.db, person.id)).toEqual([])
  })

  test("is not taken from a browser that holds somebody else's login", async ({ house }) => {
    const { notes, visitor, person } = await arrived(house)
    await house.user('bob')
    const other = house.visitor()
    await other.press(await other.get('/login'), 'Log in', { username: 'bob', password: PASSWORD })
    const { seen } = await house.arrive(visitor, notes)
    for (const name of [house.cookieName, `${house.cookieName}.sig`])
      visitor.setCookie(name, other.cookie(name) ?? '')

    expect((await visitor.press(seen, 'Allow')).status).toBe(400)
    expect(await consentsOf(house.app.services.db, person.id)).toEqual([])
  })

  test('is over when it is withdrawn, with what came of it', async ({ house }) => {
    const { notes, visitor, person } = await arrived(house)
    const { seen, verifier } = await house.arrive(visitor, notes)
    const { code = '' } = toldTo(await visitor.press(seen, 'Allow'))
    const tokens = await house.redeem(notes, { code, verifier })
    const { services, url } = house.app
    const [given] = await consentsOf(services.db, person.id)
    const by = { kind: 'user', id: person.id } as const
    await withdrawConsent(services, { id: given!.id, userId: person.id, by })

    const headers = { authorization: `Bearer ${tokens.access_token}` }
    expect((await fetch(`${url}/oauth2/userinfo`, { headers })).status).toBe(401)
    const silent = await house.arrive(visitor, notes, { prompt: 'none' })
    expect(toldTo(silent.seen)).toMatchObject({ error: 'consent_required' })
    expect(claimsOf(tokens.id_token)).toHaveProperty('sid')
  })
})

/** Ada, logged in, and a client that she does not know yet. */
async function arrived(house: House) {
  const person = await house.user('ada')
  await house.workspace('Old Mill', person)
  const visitor = house.visitor()
  const login = await visitor.get('/account')
  await visitor.press(login, 'Log in', { username: 'ada', password: PASSWORD })
  return { person, visitor, notes: await house.client() }
}
