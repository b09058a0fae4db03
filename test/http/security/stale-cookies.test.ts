import { addApp, codeOf, levelsOf, logInAtHome, secured } from '../interactions/factors.ts'
import { expect, type House, PASSWORD, test, toldTo } from '../interactions/house.ts'
import type { Visitor } from '../interactions/visitor.ts'
import { wordsOf } from '../interactions/visitor.ts'

const asked = { acr_values: 'urn:sojourn:aal2' }
const pathOf = ({ address }: { readonly address: string }) => new URL(address).pathname

/** Somebody who has copied the cookies of a browser. */
function thiefOf(house: House, visitor: Visitor): Visitor {
  const thief = house.visitor()
  for (const name of [house.cookieName, `${house.cookieName}.sig`])
    thief.setCookie(name, String(visitor.cookie(name)))
  return thief
}

async function placeOf(house: House, person: Awaited<ReturnType<House['user']>>) {
  const notes = await house.client()
  await house.consent(person, await house.workspace('Old Mill', person), notes)
  return notes
}

test.describe('who knows the cookie from before a proof', () => {
  test('gets nothing of a level that it rose to', async ({ house }) => {
    const notes = await placeOf(house, await house.user('ada'))
    const visitor = house.visitor()
    await logInAtHome(visitor)
    const thief = thiefOf(house, visitor)
    const { seen } = await house.arrive(thief, notes, asked)
    expect(wordsOf(seen.text)).toContain('A second factor is needed')

    await addApp(visitor)
    const again = await thief.get(pathOf(seen))
    expect(again.leftTo).toBeNull()
    expect(again.text).toContain('type="password"')
    expect(pathOf(await thief.get('/account'))).toBe('/login')
    const silent = await house.arrive(thief, notes, { prompt: 'none' })
    expect(toldTo(silent.seen)).toMatchObject({ error: 'login_required' })
    expect(pathOf(await visitor.get('/account'))).toBe('/account')
  })

  test('may not add a factor once the person has proved it again', async ({ house }) => {
    const { person, secret } = await secured(house)
    const notes = await placeOf(house, person)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    await house.app.services.db.prisma.factor.updateMany({ data: { lastStep: 0 } })
    const thief = thiefOf(house, visitor)

    const { seen } = await house.arrive(visitor, notes, { prompt: 'login' })
    const second = await visitor.press(seen, 'Confirm', { password: PASSWORD })
    const left = await visitor.press(second, 'Confirm', { code: codeOf(secret) })
    expect(toldTo(left)).toHaveProperty('code')
    expect(pathOf(await thief.get('/account/security/authenticator'))).toBe('/login')
    expect(pathOf(await visitor.get('/account/security/authenticator'))).toBe(
      '/account/security/authenticator',
    )
  })

  test('is out when the missing factor is shown', async ({ house, database }) => {
    const { person, secret } = await secured(house)
    const notes = await placeOf(house, person)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    await database.pool.query(`UPDATE login SET acr = 'urn:sojourn:aal1', amr = '{pwd}'`)
    await house.app.services.db.prisma.factor.updateMany({ data: { lastStep: 0 } })
    const thief = thiefOf(house, visitor)

    const { seen } = await house.arrive(visitor, notes, asked)
    const waiting = await house.arrive(thief, notes, asked)
    const raised = await visitor.press(seen, 'Confirm', { code: codeOf(secret) })
    expect(toldTo(raised)).toHaveProperty('code')
    expect(await levelsOf(house)).toEqual([{ acr: 'urn:sojourn:aal2', amr: ['pwd', 'otp', 'mfa'] }])
    const late = await thief.get(pathOf(waiting.seen))
    expect(late.leftTo).toBeNull()
  })
})
