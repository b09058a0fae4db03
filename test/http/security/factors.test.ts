import { formatId } from '../../../src/ids.ts'
import {
  actionsOf,
  addApp,
  codeOf,
  levelsOf,
  logInAtHome,
  recoveryCodesIn,
  secretIn,
  secured,
  typed,
} from '../interactions/factors.ts'
import { expect, PASSWORD, test } from '../interactions/house.ts'
import { fieldOf, wordsOf } from '../interactions/visitor.ts'

const pathOf = ({ address }: { readonly address: string }) => new URL(address).pathname

test.describe('an authenticator app', () => {
  test('is added with a code of it, and comes with recovery codes', async ({ house }) => {
    await house.user('ada')
    const visitor = house.visitor()
    await logInAtHome(visitor)
    const cookie = visitor.cookie(house.cookieName)
    const { seen } = await addApp(visitor)
    expect(visitor.cookie(house.cookieName)).not.toBe(cookie)
    expect(new Set(recoveryCodesIn(seen)).size).toBe(10)
    // Both were proven within ten minutes.
    expect(await levelsOf(house)).toEqual([{ acr: 'urn:sojourn:aal2', amr: ['pwd', 'otp', 'mfa'] }])
    const list = wordsOf((await visitor.get('/account/security')).text)
    expect(list).toMatch(/Phone Authenticator app Added just now Last used never/)
    expect(list).toContain('10 codes are left')
    expect(await actionsOf(house)).toEqual(
      expect.arrayContaining(['factor.added', 'login.stepped_up', 'recovery_codes.made']),
    )
  })

  test('shows its secret as a picture and as text, in no address and no cache', async ({
    house,
  }) => {
    await house.user('ada')
    const visitor = house.visitor()
    await logInAtHome(visitor)
    const page = await visitor.get('/account/security/authenticator')
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.text).toMatch(/src="data:image\/svg\+xml;base64,[\w+/=]+"/)
    expect(secretIn(page)).toHaveLength(20)
    expect(secretIn(await visitor.get('/account/security/authenticator'))).not.toEqual(
      secretIn(page),
    )
  })

  test('is not added with a wrong code; its secret stays for another try', async ({ house }) => {
    await house.user('ada')
    const visitor = house.visitor()
    await logInAtHome(visitor)
    const offer = await visitor.get('/account/security/authenticator')
    const wrong = await visitor.press(offer, 'Add it', { code: '000000' })
    expect(wrong.status).toBe(400)
    expect(secretIn(wrong)).toEqual(secretIn(offer))
    const added = await visitor.press(wrong, 'Add it', { code: codeOf(secretIn(offer)) })
    expect(recoveryCodesIn(added)).toHaveLength(10)
  })

  test('is added once, however often its form comes', async ({ house }) => {
    await house.user('ada')
    const visitor = house.visitor()
    await logInAtHome(visitor)
    const offer = await visitor.get('/account/security/authenticator')
    const code = codeOf(secretIn(offer))
    const press = () => visitor.press(offer, 'Add it', { code })
    await Promise.all([press(), press(), press(), press()])
    await press()
    expect(await house.app.services.db.prisma.factor.count()).toBe(1)
  })

  test('cannot be added with the offer of another login', async ({ house }) => {
    await house.user('ada')
    await house.user('bob')
    const [ada, bob] = [house.visitor(), house.visitor()]
    await logInAtHome(ada)
    await logInAtHome(bob, null, 'bob')
    const offer = await bob.get('/account/security/authenticator')
    const own = await ada.get('/account/security/authenticator')
    const page = await ada.post('/account/security/authenticator', {
      csrf: fieldOf(own.text, 'csrf'),
      ticket: fieldOf(offer.text, 'ticket'),
      code: codeOf(secretIn(offer)),
    })
    expect(page.status).toBe(400)
    expect(await house.app.services.db.prisma.factor.count()).toBe(0)
  })

  test('is the tenth factor at most', async ({ house }) => {
    const { person, secret } = await secured(house)
    await house.app.services.pool.query(
      `INSERT INTO factor (id, user_id, kind, name, added_in, created_at, secret_sealed, last_step)
       SELECT gen_random_uuid(), $1, 'totp', 'x', gen_random_uuid(), now(), 'x', 0
       FROM generate_series(1, 8)`,
      [person.id],
    )
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    const late = await visitor.get('/account/security/authenticator')
    await addApp(visitor)
    const list = await visitor.get('/account/security')
    expect(list.text).not.toContain('/account/security/authenticator')
    expect((await visitor.press(late, 'Add it', { code: codeOf(secretIn(late)) })).status).toBe(409)
    expect(await house.app.services.db.prisma.factor.count()).toBe(10)
  })
})

test.describe('changing how one logs in', () => {
  test('asks who has not proven themselves within ten minutes', async ({ house, pass }) => {
    await house.user('ada')
    const visitor = house.visitor()
    await logInAtHome(visitor)
    await pass('11m')
    const asked = await visitor.get('/account/security/authenticator')
    expect(pathOf(asked)).toBe('/login')
    expect(wordsOf(asked.text)).toContain('You are about to change how you log in.')
    expect(fieldOf(asked.text, 'username')).toBe('ada')
    const page = await visitor.press(asked, 'Confirm', { password: PASSWORD })
    expect(pathOf(page)).toBe('/account/security/authenticator')
  })

  test('asks for all factors of who has several', async ({ house, pass }) => {
    const { secret } = await secured(house)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    await pass('11m')
    const asked = await visitor.get('/account/security/passkey')
    const second = await visitor.press(asked, 'Confirm', { password: PASSWORD })
    const page = await visitor.press(second, 'Confirm', { code: codeOf(secret, 30) })
    expect(pathOf(page)).toBe('/account/security/passkey')
  })

  test('is not open to a login that was there before the first factor', async ({ house }) => {
    await house.user('ada')
    const [first, second] = [house.visitor(), house.visitor()]
    await logInAtHome(first)
    await logInAtHome(second)
    const list = await first.get('/account/security/authenticator')
    await addApp(second)
    expect(pathOf(await first.get('/account/security/authenticator'))).toBe('/login')
    const code = codeOf(secretIn(list))
    const refused = await first.press(list, 'Add it', { code })
    expect(pathOf(refused)).toBe('/login')
    expect(await house.app.services.db.prisma.factor.count()).toBe(1)
  })

  test('does nothing for a form that another site made', async ({ house }) => {
    const { secret } = await secured(house)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    const factor = fieldOf((await visitor.get('/account/security')).text, 'factor')
    for (const act of ['authenticator', 'passkey', 'remove', 'recovery-codes', 'others']) {
      const fields = { csrf: 'AAAA', factor, code: '1', ticket: '', credential: '', challenge: '' }
      expect((await visitor.post(`/account/security/${act}`, fields)).status).toBe(400)
    }
    expect(await house.app.services.db.prisma.factor.count()).toBe(1)
  })

  test('offers to end all other sessions, and ends them', async ({ house }) => {
    const { secret } = await secured(house)
    const [here, there] = [house.visitor(), house.visitor()]
    await logInAtHome(there, codeOf(secret))
    await logInAtHome(here, codeOf(secret, 30))
    const removed = await here.press(await here.get('/account/security'), 'Remove')
    expect(wordsOf(removed.text)).toContain('It was removed.')
    const page = await here.press(removed, 'End all other sessions')
    expect(wordsOf(page.text)).toContain('You are logged out everywhere but here.')
    expect(pathOf(await there.get('/account'))).toBe('/login')
    expect(pathOf(await here.get('/account'))).toBe('/account')
  })
})

test.describe('removing', () => {
  test('the last factor makes the password enough, and takes the recovery codes along', async ({
    house,
  }) => {
    const { secret } = await secured(house)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    await visitor.press(await visitor.get('/account/security'), 'Remove')
    const { services } = house.app
    expect(await services.db.prisma.recoveryCode.count()).toBe(0)
    expect(await actionsOf(house)).toContain('factor.removed')
    expect(pathOf(await logInAtHome(house.visitor()))).toBe('/account')
  })

  test("somebody else's factor does nothing", async ({ house }) => {
    const { secret } = await secured(house)
    await secured(house, 'bob')
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    const page = await visitor.get('/account/security')
    const { rows } = await house.app.services.pool.query(
      `SELECT f.id FROM factor f JOIN "user" u ON u.id = f.user_id WHERE u.username = 'bob'`,
    )
    const factor = formatId('fac', rows[0].id)
    const csrf = fieldOf(page.text, 'csrf')
    const after = await visitor.post('/account/security/remove', { csrf, factor })
    expect(after.status).toBe(200)
    expect(await house.app.services.db.prisma.factor.count()).toBe(2)
  })
})

test.describe('recovery codes', () => {
  test('are made anew in place of the old ones', async ({ house }) => {
    const { secret, recoveryCodes } = await secured(house)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    const list = await visitor.get('/account/security')
    const fresh = recoveryCodesIn(await visitor.press(list, 'Make new recovery codes'))
    expect(fresh).toHaveLength(10)

    const other = house.visitor()
    const asked = await other.press(await other.get('/login'), 'Log in', typed())
    const old = await other.press(asked, 'Use this code', { recovery: recoveryCodes[0]! })
    expect(old.status).toBe(401)
    const page = await other.press(old, 'Use this code', { recovery: fresh[0]! })
    expect(pathOf(page)).toBe('/account')
  })

  test('are not made for who has no factor', async ({ house }) => {
    await house.user('ada')
    const visitor = house.visitor()
    await logInAtHome(visitor)
    const offer = await visitor.get('/account/security/authenticator')
    const csrf = fieldOf(offer.text, 'csrf')
    expect((await visitor.post('/account/security/recovery-codes', { csrf })).status).toBe(404)
    expect(await house.app.services.db.prisma.recoveryCode.count()).toBe(0)
  })
})
