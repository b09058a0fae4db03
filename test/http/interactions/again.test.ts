import { changePassword } from '../../../src/access/change-password.ts'
import { endSession } from '../../../src/sessions/ending/end.ts'
import { sessionsOfLogin } from '../../../src/sessions/sessions-of.ts'
import { claimsOf, expect, type House, PASSWORD, test, toldTo } from './house.ts'
import { fieldOf, type Visitor, wordsOf } from './visitor.ts'

test.describe('proving it again', () => {
  test('goes on in the same login, under a new cookie', async ({ house }) => {
    const { visitor, notes } = await ada(house)
    const before = visitor.cookie(house.cookieName)
    const { seen } = await house.arrive(visitor, notes, { prompt: 'login' })
    expect(wordsOf(seen.text)).toContain('Notes wants to be sure that it is still you.')
    expect(fieldOf(seen.text, 'username')).toBe('ada')

    expect(toldTo(await visitor.press(seen, 'Confirm', { password: PASSWORD }))).toHaveProperty(
      'code',
    )
    expect(visitor.cookie(house.cookieName)).not.toBe(before)
    expect(await liveLogins(house)).toBe(1)
  })

  test('leads back into a workspace whose session was ended', async ({ house }) => {
    const { visitor, notes } = await ada(house)
    const [login] = await house.app.services.db.prisma.login.findMany()
    const [session] = await sessionsOfLogin(house.app.services.db, login?.id as never)
    const by = { kind: 'operator' } as const
    await endSession(house.app.services, session!.id, { cause: 'administrator', by })

    const silent = await house.arrive(visitor, notes, { prompt: 'none' })
    expect(toldTo(silent.seen)).toMatchObject({ error: 'login_required' })
    const { seen } = await house.arrive(visitor, notes)
    expect(wordsOf(seen.text)).toContain('Your last session in this workspace was ended.')
    expect(toldTo(await visitor.press(seen, 'Confirm', { password: PASSWORD }))).toHaveProperty(
      'code',
    )
  })

  test('by somebody else ends the login that was there', async ({ house }) => {
    const { visitor, notes } = await ada(house)
    const bob = await house.user('bob')
    await house.consent(bob, await house.workspace('Lantern Row', bob), notes)
    const { seen, verifier } = await house.arrive(visitor, notes, { prompt: 'login' })
    const login = await visitor.press(seen, 'Not you? Switch person')
    expect(fieldOf(login.text, 'username')).toBe('')

    const left = await visitor.press(login, 'Log in', { username: 'bob', password: PASSWORD })
    const tokens = await house.redeem(notes, { code: toldTo(left).code ?? '', verifier })
    expect(claimsOf(tokens.id_token)).toMatchObject({ workspace_slug: 'lantern-row' })
    expect(await liveLogins(house)).toBe(1)
    const ended = house.outcomes.filter(({ kind }) => kind === 'session.ended')
    expect(ended).toMatchObject([{ cause: 'switched_user' }])
  })

  test('with a page that was opened before anybody logged in goes on all the same', async ({
    house,
  }) => {
    const notes = await house.client()
    const person = await house.user('ada')
    await house.consent(person, await house.workspace('Old Mill', person), notes)
    const visitor = house.visitor()
    const first = await house.arrive(visitor, notes)
    const second = await house.arrive(visitor, notes)

    const typed = { username: 'ada', password: PASSWORD }
    expect(toldTo(await visitor.press(first.seen, 'Log in', typed))).toHaveProperty('code')
    expect(toldTo(await visitor.press(second.seen, 'Log in', typed))).toHaveProperty('code')
    expect(await liveLogins(house)).toBe(1)
  })

  test('with such a page as somebody else ends the first login', async ({ house }) => {
    const notes = await house.client()
    const [one, two] = [await house.user('ada'), await house.user('bob')]
    const mill = await house.workspace('Old Mill', one, two)
    await house.consent(one, mill, notes)
    await house.consent(two, mill, notes)
    const visitor = house.visitor()
    const first = await house.arrive(visitor, notes)
    const second = await house.arrive(visitor, notes)

    const asAda = { username: 'ada', password: PASSWORD }
    const asBob = { username: 'bob', password: PASSWORD }
    expect(toldTo(await visitor.press(first.seen, 'Log in', asAda))).toHaveProperty('code')
    expect(toldTo(await visitor.press(second.seen, 'Log in', asBob))).toHaveProperty('code')
    expect(await liveLogins(house)).toBe(1)
  })

  test('does not answer for a login that has ended meanwhile', async ({ house }) => {
    const { visitor, notes, person } = await ada(house)
    const { seen } = await house.arrive(visitor, notes, { prompt: 'login' })
    const by = { kind: 'operator' } as const
    await changePassword(house.app.services, person.id, { password: `${PASSWORD} anew`, by })

    const page = await visitor.press(seen, 'Confirm', { password: PASSWORD })
    expect(page.status).toBe(400)
    expect(wordsOf(page.text)).toContain('form_expired')
  })
})

/** Ada, who has used Notes in the Old Mill with this browser. */
async function ada(house: House) {
  const person = await house.user('ada')
  const notes = await house.client()
  await house.consent(person, await house.workspace('Old Mill', person), notes)
  const visitor: Visitor = house.visitor()
  const { seen } = await house.arrive(visitor, notes)
  const typed = { username: 'ada', password: PASSWORD }
  expect(toldTo(await visitor.press(seen, 'Log in', typed))).toHaveProperty('code')
  return { person, notes, visitor }
}

function liveLogins(house: House): Promise<number> {
  return house.app.services.db.prisma.login.count({ where: { endedAt: null } })
}
