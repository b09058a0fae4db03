import { randomUUID } from 'node:crypto'
import { formatId } from '../../../src/ids.ts'
import { expect, type House, PASSWORD, test, toldTo } from '../interactions/house.ts'
import { type Visitor, wordsOf } from '../interactions/visitor.ts'
import { act, csrfOf, FIREFOX, IPHONE, type Person, personIn } from './person.ts'

type Ids = Awaited<ReturnType<Person['ids']>>
type Fields = Readonly<Record<string, string>>

/** Each act with what it names of somebody, and what is left of two browsers and an offline session. */
const ACTS: readonly {
  readonly name: string
  readonly address: string
  readonly of: (ids: Ids) => Fields
  readonly left: Awaited<ReturnType<Person['open']>>
  readonly ended: readonly string[]
}[] = [
  {
    name: 'ending a session elsewhere',
    address: '/account/end-elsewhere',
    of: ({ sessions }) => ({ session: sessions[1] ?? '' }),
    left: { logins: 2, sessions: 1, offline: 1, consents: 1 },
    ended: ['left_workspace'],
  },
  {
    name: 'ending an offline session',
    address: '/account/end-elsewhere',
    of: ({ offline }) => ({ session: offline[0] ?? '' }),
    left: { logins: 2, sessions: 2, offline: 0, consents: 1 },
    ended: ['left_workspace'],
  },
  {
    name: 'logging another browser out',
    address: '/account/end-login',
    of: ({ logins }) => ({ login: logins[1] ?? '' }),
    left: { logins: 1, sessions: 1, offline: 1, consents: 1 },
    ended: ['logout'],
  },
  {
    name: 'logging out everywhere else',
    address: '/account/end-others',
    of: () => ({}),
    left: { logins: 1, sessions: 1, offline: 1, consents: 1 },
    ended: ['logout_everywhere'],
  },
  {
    name: 'logging out everywhere',
    address: '/account/end-all',
    of: () => ({}),
    left: { logins: 0, sessions: 0, offline: 1, consents: 1 },
    ended: ['logout_everywhere', 'logout_everywhere'],
  },
  {
    name: 'withdrawing a consent',
    address: '/account/withdraw',
    of: ({ consents }) => ({ consent: consents[0] ?? '' }),
    left: { logins: 2, sessions: 2, offline: 0, consents: 0 },
    ended: ['consent_withdrawn'],
  },
]
const ALL = { logins: 2, sessions: 2, offline: 1, consents: 1 }

for (const { name, address, of, left, ended } of ACTS)
  test.describe(name, () => {
    test('ends that, tells it and writes down who did it', async ({ house }) => {
      const { ada, here } = await scene(house)
      const answer = await act(here, address, of(await ada.ids()))
      expect(answer.status).toBe(200)
      expect(await ada.open()).toEqual(left)
      expect(endedIn(house)).toEqual(ended)
      for (const entry of await entriesOfEnds(house))
        expect(entry).toMatchObject({ actorKind: 'user', actorId: ada.user.id })
    })

    test('twice is no error', async ({ house }) => {
      const { ada, here } = await scene(house)
      const page = await here.get('/account')
      const form = { csrf: csrfOf(page), ...of(await ada.ids()) }
      await here.post(address, form)
      expect((await here.post(address, form)).status).toBe(200)
      expect(await ada.open()).toEqual(left)
      expect(endedIn(house)).toEqual(ended)
    })

    test("is nothing to somebody else, and tells nothing of others' ids", async ({ house }) => {
      const { ada } = await scene(house)
      const eve = await (await personIn(house, 'eve', 'lantern-row')).browser(FIREFOX)
      const foreign = of(await ada.ids())
      const unheard = Object.fromEntries(
        Object.entries(foreign).map(([field, id]) => [field, unheardOf(id)]),
      )
      const answers = [await act(eve, address, foreign), await act(eve, address, unheard)]
      const [first, second] = answers.map(({ status, address: at }) => ({ status, at }))
      if (Object.keys(foreign).length > 0) expect(first).toEqual(second)
      expect(await ada.open()).toEqual(ALL)
    })

    test('needs a form of this very login', async ({ house }) => {
      const { ada, here, there } = await scene(house)
      const fields = of(await ada.ids())
      const csrf = csrfOf(await there.get('/account'))
      for (const form of [fields, { csrf: 'AAAA', ...fields }, { csrf, ...fields }])
        expect((await here.post(address, form)).status).toBe(400)
      expect(await ada.open()).toEqual(ALL)
    })

    test('is not done by following a link', async ({ house }) => {
      const { ada, here } = await scene(house)
      const query = new URLSearchParams(of(await ada.ids()))
      const seen = await here.get(`${address}?${query}`)
      expect([seen.status, new URL(seen.address).pathname]).toEqual([200, '/account'])
      expect(await ada.open()).toEqual(ALL)
    })

    test('asks whoever is logged out to log in', async ({ house }) => {
      const { ada } = await scene(house)
      const seen = await house.visitor().post(address, of(await ada.ids()))
      expect(new URL(seen.address).pathname).toBe('/login')
      expect(await ada.open()).toEqual(ALL)
    })

    test('asks for the password when the last proof is old', async ({ house, pass }) => {
      const { ada, here } = await scene(house)
      await pass('11m')
      const asked = await act(here, address, of(await ada.ids()))
      expect(wordsOf(asked.text)).toContain('Confirm it is you')
      expect(await ada.open()).toEqual(ALL)
      const wrong = await here.press(asked, 'Confirm', { password: 'not it at all, surely' })
      expect([wrong.status, await ada.open()]).toEqual([401, ALL])
      expect((await here.press(wrong, 'Confirm', { password: PASSWORD })).status).toBe(200)
      expect(await ada.open()).toEqual(left)
    })
  })

test.describe('confirming an act', () => {
  test('is good for the next ten minutes', async ({ house, pass }) => {
    const { ada, here } = await scene(house)
    await pass('9m')
    await act(here, '/account/end-elsewhere', { session: (await ada.ids()).offline[0] ?? '' })
    expect(await ada.open()).toEqual({ ...ALL, offline: 0 })
    await pass('2m')
    const asked = await act(here, '/account/end-others')
    await here.press(asked, 'Confirm', { password: PASSWORD })
    expect((await ada.open()).logins).toBe(1)
    const [consent = ''] = (await ada.ids()).consents
    await act(here, '/account/withdraw', { consent })
    expect((await ada.open()).consents).toBe(0)
  })

  test('gives the browser another cookie', async ({ house, pass }) => {
    const { here } = await scene(house)
    await pass('11m')
    const asked = await act(here, '/account/end-others')
    const before = here.cookie(house.cookieName)
    await here.press(asked, 'Confirm', { password: PASSWORD })
    expect(here.cookie(house.cookieName)).not.toBe(before)
  })

  test('takes nobody else for this person', async ({ house, pass }) => {
    const { ada, here } = await scene(house)
    await house.user('eve')
    await pass('11m')
    const asked = await act(here, '/account/end-others')
    const posed = await here.press(asked, 'Confirm', { username: 'eve', password: PASSWORD })
    expect([posed.status, await ada.open()]).toEqual([400, ALL])
    expect(wordsOf((await here.get('/account')).text)).toContain('ada')
  })

  test('can be thought better of', async ({ house, pass }) => {
    const { ada, here } = await scene(house)
    await pass('11m')
    const seen = await here.press(await act(here, '/account/end-all'), 'Cancel')
    expect(new URL(seen.address).pathname).toBe('/account')
    expect(await ada.open()).toEqual(ALL)
  })

  test('is not asked of whoever ends what is in this browser', async ({ house, pass }) => {
    const { ada, here } = await scene(house)
    await pass('11m')
    await here.press(await here.get('/account'), 'End the session in old-mill')
    expect(await ada.open()).toEqual({ ...ALL, sessions: 1 })
    await here.press(await here.get('/account'), 'Log out')
    expect((await ada.open()).logins).toBe(1)
  })
})

test.describe('input that no page of ours sends', () => {
  const FIELDS = [
    ['/account/end-elsewhere', 'session'],
    ['/account/end-login', 'login'],
    ['/account/withdraw', 'consent'],
  ] as const
  for (const [address, field] of FIELDS)
    test(`is refused or ignored at ${address}`, async ({ house }) => {
      const { ada, here } = await scene(house)
      expect((await act(here, address)).status).toBe(400)
      expect((await act(here, address, { [field]: 'x'.repeat(65) })).status).toBe(400)
      const odd = ['', 'nonsense', 'ses_', unheardOf('usr_'), "' OR 1=1 --"]
      for (const value of odd)
        expect((await act(here, address, { [field]: value })).status).toBe(200)
      expect(await ada.open()).toEqual(ALL)
    })
})

test.describe('what was ended from another browser', () => {
  test('is out at once, and single sign-on does not bring it back', async ({ house }) => {
    const { ada, here, there } = await scene(house)
    await act(here, '/account/end-elsewhere', { session: (await ada.ids()).sessions[1] ?? '' })
    const silent = await house.arrive(there, ada.notes, { prompt: 'none' })
    expect(toldTo(silent.seen)).toMatchObject({ error: 'login_required' })
    await act(here, '/account/end-login', { login: (await ada.ids()).logins[1] ?? '' })
    expect(new URL((await there.get('/account')).address).pathname).toBe('/login')
    expect(new URL((await here.get('/account')).address).pathname).toBe('/account')
  })

  test('is told to the applications that took part', async ({ house }) => {
    const { ada, here } = await scene(house)
    await act(here, '/account/end-login', { login: (await ada.ids()).logins[1] ?? '' })
    const { prisma } = house.app.services.db
    const [session] = await prisma.session.findMany({ where: { endCause: 'logout' } })
    const deliveries = await prisma.delivery.findMany()
    expect(deliveries).toMatchObject([
      { sessionId: session?.id, clientId: ada.notes.id, userId: ada.user.id, state: 'pending' },
    ])
  })

  test('refreshes no more, if it was an application that kept access', async ({ house }) => {
    const { ada, here, token } = await scene(house)
    await act(here, '/account/end-elsewhere', { session: (await ada.ids()).offline[0] ?? '' })
    expect(await ada.refresh(token)).toBe(400)
    // The yes still stands: the next code is given without a question.
    const again = await house.arrive(here, ada.notes, { prompt: 'none' })
    expect(toldTo(again.seen)).toHaveProperty('code')
  })

  test('asks again, if the yes was taken back', async ({ house }) => {
    const { ada, here, token } = await scene(house)
    await act(here, '/account/withdraw', { consent: (await ada.ids()).consents[0] ?? '' })
    expect(await ada.refresh(token)).toBe(400)
    const again = await house.arrive(here, ada.notes, { prompt: 'none' })
    expect(toldTo(again.seen)).toMatchObject({ error: 'consent_required' })
  })

  test('is everything, for whoever logs out everywhere', async ({ house }) => {
    const { ada, here, there, token } = await scene(house)
    const seen = await act(here, '/account/end-all')
    expect(wordsOf(seen.text)).toContain('You are logged out')
    expect(here.cookie(house.cookieName)).toBeUndefined()
    for (const visitor of [here, there])
      expect(new URL((await visitor.get('/account')).address).pathname).toBe('/login')
    expect(await ada.refresh(token)).toBe(200)
  })
})

interface Scene {
  readonly ada: Person
  readonly here: Visitor
  readonly there: Visitor
  readonly token: string
}

/** Ada in two browsers, with an application that she lets work while she is away. */
async function scene(house: House): Promise<Scene> {
  const ada = await personIn(house, 'ada', 'old-mill')
  const here = await ada.browser(FIREFOX)
  const there = await ada.browser(IPHONE)
  return { ada, here, there, token: await ada.letWorkAway(here) }
}

function endedIn({ outcomes }: House): unknown[] {
  return outcomes.filter(({ kind }) => kind === 'session.ended').map(({ cause }) => cause)
}

async function entriesOfEnds({ app }: House) {
  const action = { in: ['session.ended', 'login.ended', 'user.ended', 'consent.withdrawn'] }
  const entries = await app.services.db.prisma.entry.findMany({ where: { action } })
  expect(entries.length).toBeGreaterThan(0)
  return entries
}

function unheardOf(id: string): string {
  const kind = id.split('_')[0] as 'ses'
  return formatId(kind, randomUUID() as never)
}
