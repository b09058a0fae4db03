import type { Concurrency, LimitAction } from '../../../src/decisions/concurrency.ts'
import type { Policy } from '../../../src/decisions/policy.ts'
import { setPolicy } from '../../../src/decisions/set-policy.ts'
import { formatId } from '../../../src/ids.ts'
import { endSession, endUser } from '../../../src/sessions/ending/end.ts'
import { lowerLimits } from '../../../src/sessions/limits/lower-limits.ts'
import { addMember } from '../../../src/workspaces/add-member.ts'
import { codeOf, levelsOf, logInAtHome, secured } from './factors.ts'
import { expect, type House, PASSWORD, test, toldTo } from './house.ts'
import { type Seen, wordsOf } from './visitor.ts'

const typed = { username: 'ada', password: PASSWORD }
const by = { kind: 'operator' } as const
const SERVER = { level: 'server', subject: '' } as const
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'

async function say({ app }: House, origin: Omit<Policy, 'rules'>, concurrent: Concurrency) {
  const policy = { ...origin, rules: { concurrent } }
  await setPolicy(app.services.db, { policy, workspaceId: null, by })
  await app.services.policies.refresh()
}

const logins = (onReaching: LimitAction, max = 1) => ({ perUser: { max, onReaching } })

/** A person, two browsers of theirs, and a client that they have said yes to. */
async function atTheDoor(house: House) {
  const ada = await house.user('ada')
  const workspace = await house.workspace('Old Mill', ada)
  const notes = await house.client()
  await house.consent(ada, workspace, notes)
  const [desktop, phone] = [house.visitor(FIREFOX), house.visitor(IPHONE)]
  const logIn = async (visitor = desktop): Promise<Seen> =>
    visitor.press((await house.arrive(visitor, notes)).seen, 'Log in', typed)
  const again = async (visitor = desktop, params = {}) =>
    (await house.arrive(visitor, notes, params)).seen
  return { ada, workspace, notes, desktop, phone, logIn, again }
}

const LIVE = `SELECT (SELECT count(*)::int FROM login WHERE ended_at IS NULL) AS logins,
  (SELECT count(*)::int FROM session WHERE ended_at IS NULL) AS sessions`

async function liveIn({ app }: House) {
  return (await app.services.pool.query(LIVE)).rows[0]
}

test.describe('one login more than there may be', () => {
  test('is denied, with the places where its person is, and the client is told', async ({
    house,
  }) => {
    const { desktop, phone, logIn, again } = await atTheDoor(house)
    await say(house, SERVER, logins('deny'))
    toldTo(await logIn())
    const denied = await logIn(phone)

    expect(denied.status).toBe(409)
    expect(wordsOf(denied.text)).toContain(
      'You may be logged in in 1 place at a time, and you are.',
    )
    expect(wordsOf(denied.text)).toContain('Firefox on Windows Old Mill · last used just now')
    expect(denied.text).not.toContain('name="end"')
    expect(toldTo(await phone.press(denied, 'Cancel and go back to Notes'))).toMatchObject({
      error: 'access_denied',
      error_description: 'there are as many sessions as there may be',
    })
    expect(toldTo(await again(desktop)).code).toBeDefined()
    expect(await liveIn(house)).toEqual({ logins: 1, sessions: 1 })
  })

  test('that was denied comes in without a password once there is room', async ({ house }) => {
    const { desktop, phone, logIn } = await atTheDoor(house)
    await say(house, SERVER, logins('deny'))
    await logIn()
    const denied = await logIn(phone)
    const still = await phone.press(denied, 'Try again')
    expect(still.status).toBe(409)
    await desktop.press(await desktop.get('/account'), 'Log out')

    expect(toldTo(await phone.press(still, 'Try again')).code).toBeDefined()
  })

  test('lets its person choose which one ends, and goes on', async ({ house }) => {
    const { desktop, phone, logIn, again } = await atTheDoor(house)
    await say(house, SERVER, logins('ask'))
    await logIn()
    const asked = await logIn(phone)

    expect(wordsOf(asked.text)).toContain('Choose where to log out')
    expect(asked.headers.get('content-security-policy')).toMatch(/script-src '(none|self)'/)
    expect(toldTo(await phone.press(asked, 'Firefox on Windows')).code).toBeDefined()
    expect(await liveIn(house)).toEqual({ logins: 1, sessions: 1 })
    expect(house.outcomes).toContainEqual(
      expect.objectContaining({ kind: 'session.ended', cause: 'evicted' }),
    )
    expect(wordsOf((await again(desktop)).text)).toContain(
      'Your login here was ended just now, because it was chosen to make room for another one.',
    )
  })

  test('ends nobody else’s login, whatever is posted', async ({ house }) => {
    const { phone, logIn } = await atTheDoor(house)
    await house.user('bob')
    const bobs = house.visitor(FIREFOX)
    const page = await bobs.get('/login')
    await bobs.press(page, 'Log in', { username: 'bob', password: PASSWORD })
    await say(house, SERVER, logins('ask'))
    await logIn()
    const { rows } = await house.app.services.pool.query(
      `SELECT l.id FROM login l JOIN "user" u ON u.id = l.user_id WHERE u.username = 'bob'`,
    )
    const asked = await logIn(phone)
    const end = formatId('lgn', rows[0].id)
    const still = await phone.press(asked, 'Firefox on Windows', { end })

    expect(wordsOf(still.text)).toContain('Choose where to log out')
    expect(await liveIn(house)).toEqual({ logins: 2, sessions: 1 })
  })

  test('by a page that was used comes in no more', async ({ house }) => {
    const { ada, phone } = await atTheDoor(house)
    await say(house, SERVER, logins('ask'))
    const desktop = house.visitor(FIREFOX)
    await desktop.press(await desktop.get('/login'), 'Log in', typed)
    const asked = await phone.press(await phone.get('/login'), 'Log in', typed)
    await phone.press(asked, 'Firefox on Windows')
    await phone.press(await phone.get('/account'), 'Log out')

    const back = await phone.press(asked, 'Firefox on Windows')
    expect(wordsOf(back.text)).toContain('This form was open for too long.')
    const { pool } = house.app.services
    const live = 'SELECT FROM login WHERE user_id = $1 AND ended_at IS NULL'
    expect((await pool.query(live, [ada.id])).rowCount).toBe(0)
  })

  test('is let in by both factors, once what was chosen has ended', async ({ house }) => {
    const { secret } = await secured(house)
    const [desktop, phone] = [house.visitor(FIREFOX), house.visitor(IPHONE)]
    await logInAtHome(desktop, codeOf(secret))
    await say(house, SERVER, logins('ask'))
    await house.app.services.pool.query('UPDATE factor SET last_step = 0')
    const asked = await logInAtHome(phone, codeOf(secret))
    expect(wordsOf(asked.text)).toContain('Choose where to log out')
    const account = await phone.press(asked, 'Firefox on Windows')
    expect(new URL(account.address).pathname).toBe('/account')
    expect(await levelsOf(house)).toMatchObject([{ acr: 'urn:sojourn:aal2' }])
  })

  test('is not let in after all of the person’s was ended meanwhile', async ({ house }) => {
    const { ada, phone, logIn } = await atTheDoor(house)
    await say(house, SERVER, logins('ask'))
    await logIn()
    const asked = await logIn(phone)
    await endUser(house.app.services, ada.id, { cause: 'logout_everywhere', by })
    const refused = await phone.press(asked, 'Firefox on Windows')
    expect(wordsOf(refused.text)).toContain('This form was open for too long.')
    expect(await liveIn(house)).toEqual({ logins: 0, sessions: 0 })
  })

  test('takes the place of the oldest, whose browser is told why', async ({ house }) => {
    const { desktop, phone, logIn, again } = await atTheDoor(house)
    await say(house, SERVER, logins('evict_oldest'))
    await logIn()
    expect(toldTo(await logIn(phone)).code).toBeDefined()

    for (const page of [await again(desktop), await desktop.get('/login')])
      expect(wordsOf(page.text)).toContain(
        'Your login here was ended just now, because another one took its place',
      )
    expect(toldTo(await again(desktop, { prompt: 'none' })).error).toBe('login_required')
    toldTo(await logIn(desktop))
    desktop.forget()
    expect(wordsOf((await again(desktop)).text)).not.toContain('was ended')
  })

  test('is written down with the limit that it reached', async ({ house }) => {
    const { phone, logIn } = await atTheDoor(house)
    await say(house, SERVER, logins('deny'))
    await logIn()
    await logIn(phone)
    const { rows } = await house.app.services.pool.query(
      `SELECT detail FROM entry WHERE action = 'login.refused'`,
    )
    expect(rows).toMatchObject([
      { detail: { reason: 'limit_reached', limit: 'per_user', max: 1, count: 1 } },
    ])
  })
})

test.describe('a limit that was lowered', () => {
  test('is what the browser is told', async ({ house }) => {
    const { desktop, phone, logIn, again } = await atTheDoor(house)
    await logIn()
    await logIn(phone)
    await say(house, SERVER, logins('evict_oldest'))
    await lowerLimits(house.app.services)
    expect(wordsOf((await again(desktop)).text)).toContain(
      'Your login here was ended just now, because fewer are allowed at a time now.',
    )
  })
})

test.describe('one session more in a workspace than there may be', () => {
  const ofWorkspace = async (house: House, onReaching: LimitAction) => {
    const door = await atTheDoor(house)
    const origin = { level: 'workspace', subject: door.workspace.id } as const
    await say(house, origin, logins(onReaching))
    toldTo(await door.logIn())
    return door
  }

  test('is denied: its person is told, and the client', async ({ house }) => {
    const { phone, logIn, again } = await ofWorkspace(house, 'deny')
    const denied = await logIn(phone)
    expect(denied.status).toBe(409)
    expect(wordsOf(denied.text)).toContain('You have too many sessions')
    expect(toldTo(await again(phone, { prompt: 'none' }))).toMatchObject({ error: 'access_denied' })
    expect(toldTo(await phone.press(denied, 'Back to Notes'))).toMatchObject({
      error: 'access_denied',
      error_description: 'there are as many sessions as there may be',
    })
    expect(await liveIn(house)).toEqual({ logins: 2, sessions: 1 })
  })

  test('lets its person choose which one ends, and goes on', async ({ house }) => {
    const { desktop, phone, logIn, again } = await ofWorkspace(house, 'ask')
    expect(toldTo(await again(desktop)).code).toBeDefined()
    const asked = await logIn(phone)
    expect(wordsOf(asked.text)).toContain('Choose a session to end')
    expect(toldTo(await again(phone, { prompt: 'none' })).error).toBe('interaction_required')

    expect(toldTo(await phone.press(asked, 'Old Mill')).code).toBeDefined()
    expect(await liveIn(house)).toEqual({ logins: 2, sessions: 1 })
    const barred = await again(desktop)
    expect(wordsOf(barred.text)).toContain('was ended just now, because it was chosen to make room')
  })

  test('is denied where all that are there are other people’s', async ({ house }) => {
    const door = await atTheDoor(house)
    const origin = { level: 'workspace', subject: door.workspace.id } as const
    const rules = { perWorkspace: { max: 1, onReaching: 'ask' } } as const
    await say(house, origin, rules)
    await door.logIn()
    const bob = await house.user('bob')
    const place = { workspaceId: door.workspace.id, userId: bob.id, roles: ['editor'], by }
    await addMember(house.app.services.db, place)
    await house.consent(bob, door.workspace, door.notes)
    const { seen } = await house.arrive(door.phone, door.notes)
    const denied = await door.phone.press(seen, 'Log in', { username: 'bob', password: PASSWORD })
    expect(denied.status).toBe(409)
    expect(denied.text).not.toContain('name="end"')
  })

  test('takes the place of another, which is told so where it is entered again', async ({
    house,
  }) => {
    const { desktop, phone, logIn, again } = await ofWorkspace(house, 'evict_oldest')
    expect(toldTo(await logIn(phone)).code).toBeDefined()
    const barred = await again(desktop)
    expect(wordsOf(barred.text)).toContain(
      'Your last session in this workspace was ended just now, because another one took its place',
    )
    // And back again, by a proof: the other one makes room then.
    expect(toldTo(await desktop.press(barred, 'Confirm', typed)).code).toBeDefined()
    expect(await liveIn(house)).toEqual({ logins: 2, sessions: 1 })
  })

  test('ended otherwise since then says nothing of it', async ({ house }) => {
    const { desktop, phone, logIn, again } = await ofWorkspace(house, 'evict_oldest')
    await logIn(phone)
    const barred = await again(desktop)
    await desktop.press(barred, 'Confirm', typed)
    const { rows } = await house.app.services.pool.query(
      'SELECT id FROM session WHERE ended_at IS NULL',
    )
    await endSession(house.app.services, rows[0].id, { cause: 'administrator', by })
    expect(wordsOf((await again(desktop)).text)).toContain(
      'Your last session in this workspace was ended. Your password',
    )
  })
})

test.describe('a limit for a client', () => {
  test('counts each session that the client comes to, and ends the whole of another', async ({
    house,
  }) => {
    const { ada, workspace, notes, desktop, phone, logIn } = await atTheDoor(house)
    const billing = await house.client({ client_name: 'Billing' })
    await house.consent(ada, workspace, billing)
    const origin = { level: 'client', subject: billing.id } as const
    await say(house, origin, { perClient: { max: 1, onReaching: 'evict_oldest' } })
    await logIn()
    await logIn(phone)
    const come = async (visitor = desktop, client = billing) =>
      toldTo((await house.arrive(visitor, client, { prompt: 'none' })).seen)

    expect((await come()).code).toBeDefined()
    expect((await come()).code).toBeDefined()
    expect(await liveIn(house)).toEqual({ logins: 2, sessions: 2 })
    expect((await come(phone)).code).toBeDefined()
    expect(await liveIn(house)).toEqual({ logins: 2, sessions: 1 })
    expect((await come(desktop, notes)).error).toBe('login_required')
  })
})
