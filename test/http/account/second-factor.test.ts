import { authenticator } from '../../support/authenticator.ts'
import { codeOf, levelsOf, logInAtHome, secured } from '../interactions/factors.ts'
import { expect, type House, PASSWORD, test } from '../interactions/house.ts'
import { fieldOf, wordsOf } from '../interactions/visitor.ts'
import { createPasskey, passkeyFormIn, showPasskey } from '../security/passkeys.ts'
import { act } from './person.ts'

const OTHERS = '/account/end-others'
const pathOf = ({ address }: { readonly address: string }) => new URL(address).pathname

/** Ada in two browsers, who has an authenticator app, and whose proof is half an hour old. */
async function twice(house: House, pass: (duration: string) => Promise<void>) {
  const { secret } = await secured(house)
  const [here, there] = [house.visitor(), house.visitor()]
  await logInAtHome(there, codeOf(secret))
  await logInAtHome(here, codeOf(secret, 30))
  await pass('30m')
  await house.app.services.pool.query('UPDATE factor SET last_step = 0')
  return { secret, here, there }
}

test.describe('an act of a person with a second factor', () => {
  test('asks for the password and the code, and is done then', async ({ house, pass }) => {
    const { secret, here } = await twice(house, pass)
    const asked = await act(here, OTHERS)
    const second = await here.press(asked, 'Confirm', { password: PASSWORD })
    expect(wordsOf(second.text)).toContain('One more step')
    expect(await levelsOf(house)).toHaveLength(2)
    const page = await here.press(second, 'Confirm', { code: codeOf(secret) })
    expect(pathOf(page)).toBe('/account')
    expect(await levelsOf(house)).toHaveLength(1)
  })

  test('carries what it is about through both steps', async ({ house, pass }) => {
    const { secret, here } = await twice(house, pass)
    const page = await here.get('/account')
    const login = fieldOf(page.text, 'login') || /value="(lgn_\w+)"/.exec(page.text)?.[1] || ''
    const asked = await act(here, '/account/end-login', { login })
    const second = await here.press(asked, 'Confirm', { password: PASSWORD })
    expect(fieldOf(second.text, 'login')).toBe(login)
    await here.press(second, 'Confirm', { code: codeOf(secret) })
    expect(await levelsOf(house)).toHaveLength(1)
  })

  test('is not done by the password or the code alone', async ({ house, pass }) => {
    const { secret, here } = await twice(house, pass)
    await act(here, OTHERS, { password: PASSWORD, username: 'ada' })
    await act(here, OTHERS, { code: codeOf(secret) })
    await act(here, OTHERS, { code: codeOf(secret), ticket: 'AAAA' })
    expect(await levelsOf(house)).toHaveLength(2)
  })

  test('is done by a passkey alone', async ({ house, pass }) => {
    await house.user('ada')
    const [here, there] = [house.visitor(), house.visitor()]
    await logInAtHome(there)
    await logInAtHome(here)
    const key = authenticator(house.app.url)
    await createPasskey(here, key)
    await pass('30m')
    const asked = await act(here, OTHERS)
    expect(wordsOf(asked.text)).toContain('Confirm with a passkey')
    expect(pathOf(await showPasskey(here, asked, { key }))).toBe('/account')
    expect(await levelsOf(house)).toEqual([
      { acr: 'urn:sojourn:aal2', amr: ['pop', 'user', 'mfa'] },
    ])
  })

  test("is not done by somebody else's passkey, which switches nobody", async ({ house, pass }) => {
    await house.user('ada')
    await house.user('bob')
    const [here, bob] = [house.visitor(), house.visitor()]
    const [own, other] = [authenticator(house.app.url), authenticator(house.app.url)]
    await logInAtHome(here)
    await createPasskey(here, own)
    await logInAtHome(bob, null, 'bob')
    await createPasskey(bob, other)
    await pass('30m')
    const asked = await act(here, OTHERS)
    const { action, options, fields } = passkeyFormIn(asked)
    const page = await here.post(action, { ...fields, credential: other.get(options) })
    expect(page.status).toBe(401)
    expect(wordsOf((await here.get('/account')).text)).toContain('ada')
    expect(await levelsOf(house)).toHaveLength(2)
  })
})
