import { disableUser } from '../../../src/access/disable-user.ts'
import { authenticator, type Signing } from '../../support/authenticator.ts'
import {
  actionsOf,
  codeOf,
  levelsOf,
  logInAtHome,
  secured,
  typed,
} from '../interactions/factors.ts'
import { claimsOf, expect, type House, test, toldTo } from '../interactions/house.ts'
import { wordsOf } from '../interactions/visitor.ts'
import { createPasskey, passkeyFormIn, showPasskey } from './passkeys.ts'

const ALONE = { acr: 'urn:sojourn:aal2', amr: ['pop', 'user', 'mfa'] }
const AFTER_PASSWORD = { acr: 'urn:sojourn:aal2', amr: ['pwd', 'pop', 'user', 'mfa'] }
const pathOf = ({ address }: { readonly address: string }) => new URL(address).pathname

/** Ada, who has created a passkey and logged out of this browser. */
async function ada(house: House, how: Signing = {}) {
  const person = await house.user('ada')
  const key = authenticator(house.app.url)
  const home = house.visitor()
  await logInAtHome(home)
  const page = await createPasskey(home, key, how)
  return { person, key, home, page, visitor: house.visitor() }
}

test.describe('a passkey', () => {
  test('is created by a fresh login, with recovery codes', async ({ house }) => {
    const { page } = await ada(house)
    expect(wordsOf(page.text)).toContain('They are shown only now')
    expect(page.text.match(/<li>[0-9a-z-]{23}<\/li>/g)).toHaveLength(10)
    expect(await actionsOf(house)).toContain('factor.added')
  })

  test('that was only created raises no login: nothing was signed with it', async ({ house }) => {
    await ada(house)
    expect(await levelsOf(house)).toEqual([{ acr: 'urn:sojourn:aal1', amr: ['pwd'] }])
  })

  test('lets in by itself, as two factors', async ({ house }) => {
    const { key, visitor, home } = await ada(house)
    await home.press(await home.get('/account'), 'Log out')
    const page = await showPasskey(visitor, await visitor.get('/login'), { key })
    expect(pathOf(page)).toBe('/account')
    expect(await levelsOf(house)).toEqual([ALONE])
  })

  test('lets into an application that asks for two factors', async ({ house }) => {
    const { person, key, visitor } = await ada(house)
    const notes = await house.client()
    await house.consent(person, await house.workspace('Old Mill', person), notes)
    const params = { acr_values: 'urn:sojourn:aal2' }
    const { seen, verifier } = await house.arrive(visitor, notes, params)
    const { code = '' } = toldTo(await showPasskey(visitor, seen, { key }))
    const tokens = await house.redeem(notes, { code, verifier })
    expect(claimsOf(tokens.id_token)).toMatchObject(ALONE)
  })

  test('that asks for no PIN lets nobody in by itself', async ({ house }) => {
    const { key, visitor } = await ada(house)
    const shown = { key, how: { verifies: false } }
    const page = await showPasskey(visitor, await visitor.get('/login'), shown)
    expect(page.status).toBe(401)
    expect(wordsOf(page.text)).toContain('That passkey did not let you in')
  })

  test('that asks for no PIN is a second factor after the password', async ({ house }) => {
    const { key, visitor, home } = await ada(house)
    await home.press(await home.get('/account'), 'Log out')
    const asked = await logInAtHome(visitor)
    expect(wordsOf(asked.text)).toContain('Use your passkey')
    const page = await showPasskey(visitor, asked, { key, how: { verifies: false } })
    expect(pathOf(page)).toBe('/account')
    expect(await levelsOf(house)).toEqual([AFTER_PASSWORD])
  })

  test('raises a login that is not even fresh, since it is a whole proof', async ({
    house,
    pass,
  }) => {
    const { person, key, home } = await ada(house)
    const notes = await house.client()
    await house.consent(person, await house.workspace('Old Mill', person), notes)
    await pass('30m')
    const params = { acr_values: 'urn:sojourn:aal2' }
    const { seen } = await house.arrive(home, notes, params)
    expect(toldTo(await showPasskey(home, seen, { key }))).toHaveProperty('code')
    expect(await levelsOf(house)).toEqual([ALONE])
  })

  for (const [what, how] of Object.entries({
    'for another site': { origin: 'https://evil.example' },
    'for another name': { rpId: 'evil.example' },
    'another challenge': { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    'for another person': { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' },
  }))
    test(`that signed ${what} lets nobody in`, async ({ house }) => {
      const { key, visitor } = await ada(house)
      const page = await showPasskey(visitor, await visitor.get('/login'), { key, how })
      expect(page.status).toBe(401)
      expect(await levelsOf(house)).toHaveLength(1)
      expect(await actionsOf(house)).toContain('factor.refused')
    })

  test('that nobody knows lets nobody in', async ({ house }) => {
    const { visitor } = await ada(house)
    const key = authenticator(house.app.url)
    const page = await showPasskey(visitor, await visitor.get('/login'), { key })
    expect(page.status).toBe(401)
  })

  test('answers a challenge once', async ({ house }) => {
    const { key, visitor } = await ada(house)
    const page = await visitor.get('/login')
    const { action, options, fields } = passkeyFormIn(page)
    const posted = { ...fields, credential: key.get(options) }
    expect(pathOf(await visitor.post(action, posted))).toBe('/account')
    expect((await visitor.post(action, posted)).status).toBe(401)
  })

  test('whose counter falls back is taken for a copy', async ({ house }) => {
    const { key } = await ada(house, { signCount: 5 })
    const show = async (signCount: number) => {
      const visitor = house.visitor()
      const shown = { key, how: { signCount } }
      return (await showPasskey(visitor, await visitor.get('/login'), shown)).status
    }
    expect(await show(6)).toBe(200)
    expect(await show(6)).toBe(401)
    expect(await show(0)).toBe(401)
    expect(await show(7)).toBe(200)
  })

  test('of somebody who is disabled lets nobody in', async ({ house }) => {
    const { person, key, visitor } = await ada(house)
    await disableUser(house.app.services, person.id, { kind: 'operator' })
    const page = await showPasskey(visitor, await visitor.get('/login'), { key })
    expect(page.status).toBe(401)
    expect(await levelsOf(house)).toEqual([])
  })

  test("of another person is no second factor after somebody's password", async ({ house }) => {
    const { key } = await ada(house)
    const { secret } = await secured(house, 'bob')
    const visitor = house.visitor()
    await createPasskeyOf(house, 'bob', secret)
    const asked = await logInAtHome(visitor, null, 'bob')
    expect((await showPasskey(visitor, asked, { key })).status).toBe(401)
  })

  test('that somebody has already is not added to another account', async ({ house }) => {
    const { key } = await ada(house)
    await house.user('bob')
    const visitor = house.visitor()
    await logInAtHome(visitor, null, 'bob')
    expect((await createPasskey(visitor, key)).status).toBe(400)
  })

  test('that asks for no PIN is not created', async ({ house }) => {
    const { page } = await ada(house, { verifies: false })
    expect(page.status).toBe(400)
    expect(wordsOf(page.text)).toContain('That passkey was not accepted')
  })

  test('says whether other devices have it', async ({ house }) => {
    const { home } = await ada(house, { synced: true })
    expect(wordsOf((await home.get('/account/security')).text)).toContain('on several devices')
  })
})

async function createPasskeyOf(house: House, username: string, secret: Buffer): Promise<void> {
  const visitor = house.visitor()
  await logInAtHome(visitor, codeOf(secret), username)
  await createPasskey(visitor, authenticator(house.app.url))
}

test('the second step brings back what the first one proved, and no more', async ({ house }) => {
  await ada(house)
  const visitor = house.visitor()
  const asked = await visitor.press(await visitor.get('/login'), 'Log in', typed())
  const { fields, action } = passkeyFormIn(asked)
  const page = await visitor.post(action, { ...fields, credential: '{"id":"AAAA"}' })
  expect(page.status).toBe(401)
  expect(wordsOf(page.text)).toContain('That passkey was not accepted')
})
