import { changePassword } from '../../../src/access/change-password.ts'
import { resetFactors } from '../../../src/access/reset-factors.ts'
import { PASSWORD_PROOF } from '../../../src/sessions/login/login.ts'
import { proveAgain, startLogin } from '../../../src/sessions/login/start-login.ts'
import { codeOf, levelsOf, logInAtHome, secured, ticketIn, typed } from './factors.ts'
import { claimsOf, expect, PASSWORD, test, toldTo } from './house.ts'
import { fieldOf, wordsOf } from './visitor.ts'

const AAL2 = 'urn:sojourn:aal2'

test.describe('a person with an authenticator app', () => {
  test('is asked for its code after the password, and let in by both', async ({ house }) => {
    const { secret } = await secured(house)
    const visitor = house.visitor()
    const page = await visitor.press(await visitor.get('/login'), 'Log in', typed())
    expect(page.status).toBe(200)
    expect(wordsOf(page.text)).toContain('Code from your authenticator app')
    expect(await levelsOf(house)).toEqual([])
    expect(visitor.cookie(house.cookieName)).toBeUndefined()

    const account = await visitor.press(page, 'Confirm', { code: codeOf(secret) })
    expect(new URL(account.address).pathname).toBe('/account')
    expect(await levelsOf(house)).toEqual([{ acr: AAL2, amr: ['pwd', 'otp', 'mfa'] }])
    expect(house.outcomes.filter(({ kind }) => kind === 'login')).toEqual([
      { kind: 'login', outcome: 'factor_required' },
      { kind: 'login', outcome: 'succeeded' },
    ])
  })

  test('is let into an application, which is told of both', async ({ house }) => {
    const { person, secret } = await secured(house)
    const notes = await house.client()
    await house.consent(person, await house.workspace('Old Mill', person), notes)
    const visitor = house.visitor()
    const { seen, verifier } = await house.arrive(visitor, notes)
    const asked = await visitor.press(seen, 'Log in', typed())
    expect(wordsOf(asked.text)).toContain('Cancel and go back to Notes')
    const { code = '' } = toldTo(await visitor.press(asked, 'Confirm', { code: codeOf(secret) }))

    const tokens = await house.redeem(notes, { code, verifier })
    const claims = { acr: AAL2, amr: ['pwd', 'otp', 'mfa'] }
    expect(claimsOf(tokens.id_token)).toMatchObject(claims)
  })

  test('may give up on the way', async ({ house }) => {
    await secured(house)
    const visitor = house.visitor()
    const { seen } = await house.arrive(visitor, await house.client())
    const asked = await visitor.press(seen, 'Log in', typed())
    const left = await visitor.press(asked, 'Cancel and go back')
    expect(toldTo(left)).toMatchObject({ error: 'access_denied' })
  })

  test('is told of a wrong code, and may try again', async ({ house }) => {
    const { secret } = await secured(house)
    const visitor = house.visitor()
    const wrong = await logInAtHome(visitor, '000000')
    expect(wrong.status).toBe(401)
    expect(wordsOf(wrong.text)).toContain('That code is not right')
    const account = await visitor.press(wrong, 'Confirm', { code: codeOf(secret) })
    expect(new URL(account.address).pathname).toBe('/account')
  })

  test('waits after too many wrong codes, and is told how long', async ({ house }) => {
    const { secret } = await secured(house)
    const visitor = house.visitor()
    let page = await logInAtHome(visitor)
    for (let time = 0; time < 10; time += 1)
      page = await visitor.press(page, 'Confirm', { code: '000000' })
    page = await visitor.press(page, 'Confirm', { code: codeOf(secret) })
    expect(page.status).toBe(429)
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(wordsOf(page.text)).toMatch(/Too many tries\. Wait \d+ minutes/)
    expect(await levelsOf(house)).toEqual([])
  })

  test('may use a recovery code, once', async ({ house }) => {
    const { recoveryCodes } = await secured(house)
    const [recovery = ''] = recoveryCodes
    const visitor = house.visitor()
    const asked = await logInAtHome(visitor)
    const account = await visitor.press(asked, 'Use this code', { recovery })
    expect(new URL(account.address).pathname).toBe('/account')
    expect(await levelsOf(house)).toEqual([{ acr: AAL2, amr: ['pwd', 'recovery', 'mfa'] }])

    const other = house.visitor()
    const again = await other.press(await logInAtHome(other), 'Use this code', { recovery })
    expect(again.status).toBe(401)
    expect(wordsOf(again.text)).toContain('none of your unused recovery codes')
  })

  test('is not let in by the code alone', async ({ house }) => {
    const { secret } = await secured(house)
    const visitor = house.visitor()
    const csrf = fieldOf((await visitor.get('/login')).text, 'csrf')
    for (const ticket of ['', 'AAAA'])
      await visitor.post('/login/factor', { csrf, ticket, code: codeOf(secret) })
    expect(await levelsOf(house)).toEqual([])
  })

  test("is not let in by the proof of somebody else's password", async ({ house }) => {
    const { secret } = await secured(house)
    await secured(house, 'bob')
    const visitor = house.visitor()
    const page = await logInAtHome(visitor, codeOf(secret), 'bob')
    expect(page.status).toBe(401)
    expect(await levelsOf(house)).toEqual([])
  })

  test('types the password again when the second step took too long', async ({ house }) => {
    const { secret } = await secured(house)
    const visitor = house.visitor()
    const asked = await logInAtHome(visitor)
    const csrf = fieldOf(asked.text, 'csrf')
    const ticket = `${ticketIn(asked).slice(0, -4)}AAAA`
    const page = await visitor.post('/login/factor', { csrf, ticket, code: codeOf(secret) })
    expect(page.status).toBe(400)
    expect(wordsOf(page.text)).toContain('Type your password once more')
  })

  test('whose password was changed between the two steps is not let in', async ({ house }) => {
    const { person, secret } = await secured(house)
    const visitor = house.visitor()
    const asked = await logInAtHome(visitor)
    const by = { kind: 'operator' } as const
    await changePassword(house.app.services, person.id, { password: `${PASSWORD} anew`, by })
    await visitor.press(asked, 'Confirm', { code: codeOf(secret) })
    expect(await levelsOf(house)).toEqual([])
  })

  test('whose factors were reset logs in by the password alone', async ({ house }) => {
    const { person, secret } = await secured(house)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    const by = { kind: 'operator' } as const
    await resetFactors(house.app.services, person.id, { by, keepsSessions: false })
    expect(await levelsOf(house)).toEqual([])

    const account = await logInAtHome(house.visitor())
    expect(new URL(account.address).pathname).toBe('/account')
    expect(await levelsOf(house)).toEqual([{ acr: 'urn:sojourn:aal1', amr: ['pwd'] }])
  })
})

test('no login begins with one factor where there are two, whoever calls', async ({ house }) => {
  const { person } = await secured(house)
  const proven = { userId: person.id, proof: PASSWORD_PROOF, context: {} }
  const refused = { code: 'invalid_credentials' }
  await expect(startLogin(house.app.services, proven)).rejects.toMatchObject(refused)
})

test('no login goes on with one factor either', async ({ house }) => {
  const { person, secret } = await secured(house)
  await logInAtHome(house.visitor(), codeOf(secret))
  const { services } = house.app
  const [login] = await services.db.prisma.login.findMany()
  const proven = { userId: person.id, proof: PASSWORD_PROOF, context: {} }
  const again = proveAgain(services, login?.id as never, proven)
  await expect(again).rejects.toMatchObject({ code: 'login_ended' })
  expect(await levelsOf(house)).toEqual([{ acr: AAL2, amr: ['pwd', 'otp', 'mfa'] }])
})

test('a confirmation asks for both again', async ({ house }) => {
  const { person, secret } = await secured(house)
  const notes = await house.client()
  await house.consent(person, await house.workspace('Old Mill', person), notes)
  const visitor = house.visitor()
  await logInAtHome(visitor, codeOf(secret))
  const { seen } = await house.arrive(visitor, notes, { prompt: 'login' })
  const asked = await visitor.press(seen, 'Confirm', { password: PASSWORD })
  expect(wordsOf(asked.text)).toContain('One more step')
  expect(
    toldTo(await visitor.press(asked, 'Confirm', { code: codeOf(secret, 30) })),
  ).toHaveProperty('code')
  expect(await levelsOf(house)).toEqual([{ acr: AAL2, amr: ['pwd', 'otp', 'mfa'] }])
})
