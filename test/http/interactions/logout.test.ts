import { sectionOf } from '../account/person.ts'
import {
  claimsOf,
  expect,
  type House,
  LOGGED_OUT,
  PASSWORD,
  REDIRECT,
  test,
  toldTo,
} from './house.ts'
import { fieldOf, type Visitor, wordsOf } from './visitor.ts'

test.describe('logging out at a client', () => {
  test('that shows an ID token of this login ends it at once, with all its sessions', async ({
    house,
  }) => {
    const { visitor, idToken } = await ada(house)
    const left = await visitor.get(
      logout({ id_token_hint: idToken, post_logout_redirect_uri: LOGGED_OUT, state: 'a b' }),
    )
    expect(left.leftTo?.href).toBe('https://rp.example/goodbye?from=sojourn&state=a+b')
    expect(visitor.cookie(house.cookieName)).toBeUndefined()
    expect(await causes(house)).toEqual(['logout', 'logout'])
    expect(house.outcomes.filter(({ kind }) => kind === 'session.ended')).toMatchObject([
      { cause: 'logout' },
      { cause: 'logout' },
    ])
  })

  test('leads to a page of ours where the client wants nothing else', async ({ house }) => {
    const { visitor, idToken } = await ada(house, { client_uri: 'https://rp.example/' })
    const page = await visitor.get(logout({ id_token_hint: idToken }))
    expect(page.status).toBe(200)
    expect(wordsOf(page.text)).toContain('You are logged out')
    expect(page.text).toContain('href="https://rp.example/"')
    expect((await visitor.get(page.address)).status).toBe(200)
  })

  test('takes an ID token that is over, and one of a session that was just left', async ({
    house,
    database,
  }) => {
    const { visitor, idToken } = await ada(house)
    const page = await visitor.get('/account')
    const after = await visitor.press(page, 'End the session in Old Mill')
    expect(sectionOf(after, 'here')).not.toContain('Old Mill')
    await database.pass('5m')
    const left = await visitor.get(
      logout({ id_token_hint: idToken, post_logout_redirect_uri: LOGGED_OUT }),
    )
    expect(left.leftTo?.href).toBe(LOGGED_OUT)
    expect(await causes(house)).toEqual(['left_workspace', 'logout'])
  })

  test('knows pairwise clients by the names that they know', async ({ house }) => {
    const { visitor, idToken, person } = await ada(house, { subject_type: 'pairwise' })
    expect(claimsOf(idToken).sub).not.toContain('usr_')
    expect(claimsOf(idToken).sid).not.toContain('ses_')
    const left = await visitor.get(
      logout({ id_token_hint: idToken, post_logout_redirect_uri: LOGGED_OUT }),
    )
    expect(left.leftTo?.href).toBe(LOGGED_OUT)
    expect(person.state).toBe('active')
    expect(await causes(house)).toEqual(['logout', 'logout'])
  })

  test('has nothing to end for a browser that is not logged in', async ({ house }) => {
    const { idToken } = await ada(house)
    const left = await house
      .visitor()
      .get(logout({ id_token_hint: idToken, post_logout_redirect_uri: LOGGED_OUT, state: 's' }))
    expect(left.leftTo?.searchParams.get('state')).toBe('s')
    expect(await causes(house)).toEqual([null, null])
  })

  test('may be posted, also from another site, which sends no cookies of ours', async ({
    house,
  }) => {
    const { visitor, idToken } = await ada(house)
    const form = { id_token_hint: idToken, post_logout_redirect_uri: LOGGED_OUT }
    const response = await fetch(`${house.app.url}/oauth2/logout`, {
      method: 'POST',
      headers: { origin: 'https://rp.example', 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams(form),
      redirect: 'manual',
    })
    expect(response.status).toBe(303)
    const left = await visitor.get(response.headers.get('location') ?? '')
    expect(left.leftTo?.href).toBe(LOGGED_OUT)
    expect(await causes(house)).toEqual(['logout', 'logout'])
  })

  test('answers under every spelling that the provider would answer to', async ({ house }) => {
    const { visitor } = await ada(house)
    for (const path of ['/oauth2/logout/', '/OAuth2/LogOut', '/oauth2/LOGOUT/'])
      expect(wordsOf((await visitor.get(path)).text)).toContain('Log out?')
    expect((await visitor.get('/oauth2/logout/success')).address).toContain('/account')
  })
})

test.describe('a request to log out that proves nothing', () => {
  test('asks, and ends the login when the person says so', async ({ house }) => {
    const { visitor, notes } = await ada(house)
    const page = await visitor.get(
      logout({ client_id: notes.clientId, post_logout_redirect_uri: LOGGED_OUT, state: 's' }),
    )
    expect(wordsOf(page.text)).toContain('Checking out of Notes')
    expect(page.headers.get('content-security-policy')).toContain(
      "form-action 'self' https://rp.example;",
    )
    expect(await causes(house)).toEqual([null, null])
    const left = await visitor.press(page, 'Log out of this browser')
    expect(left.leftTo?.href).toBe(`${LOGGED_OUT}&state=s`)
    expect(await causes(house)).toEqual(['logout', 'logout'])
  })

  test('may leave only one of the workspaces that the client is used in', async ({ house }) => {
    const { visitor, notes, billing } = await ada(house)
    const page = await visitor.get(logout({ client_id: notes.clientId }))
    const left = await visitor.press(page, 'Leave only Old Mill')
    expect(wordsOf(left.text)).toContain('You left Old Mill')
    expect(await causes(house)).toEqual(['left_workspace', null])

    const other = await house.arrive(visitor, billing, { workspace: 'lantern-row', prompt: 'none' })
    expect(toldTo(other.seen)).toHaveProperty('code')
    const same = await house.arrive(visitor, notes, { workspace: 'old-mill', prompt: 'none' })
    expect(toldTo(same.seen)).toMatchObject({ error: 'login_required' })
  })

  test('leaves no workspace that it did not offer', async ({ house }) => {
    const { visitor, notes, billing } = await ada(house)
    const elsewhere = await visitor.get(logout({ client_id: billing.clientId }))
    const [, reach = ''] = /value="(ses_\w+)"/.exec(elsewhere.text) ?? []
    expect(reach).not.toBe('')
    const page = await visitor.get(logout({ client_id: notes.clientId }))
    const after = await visitor.press(page, 'Leave only Old Mill', { reach })
    expect(new URL(after.address).pathname).toBe('/account')
    expect(await causes(house)).toEqual([null, null])
  })

  test('may be answered with staying', async ({ house }) => {
    const { visitor } = await ada(house)
    const page = await visitor.get('/oauth2/logout')
    expect(wordsOf(page.text)).not.toContain('Leave only')
    const stayed = await visitor.press(page, 'Stay logged in')
    expect(new URL(stayed.address).pathname).toBe('/account')
    expect(await causes(house)).toEqual([null, null])
  })

  test('is one with the ID token of another login or another person', async ({ house }) => {
    const { visitor, billing, idToken } = await ada(house)
    const bob = await house.user('bob')
    await house.consent(bob, await house.workspace('Harbour House', bob), billing)
    for (const [username, workspace] of PLACES) {
      const elsewhere = house.visitor()
      const { seen, verifier } = await house.arrive(elsewhere, billing, { workspace })
      const entered = await elsewhere.press(seen, 'Log in', { username, password: PASSWORD })
      const { code = '' } = toldTo(entered)
      const tokens = await house.redeem(billing, { code, verifier })
      for (const [who, hint] of [
        [visitor, tokens.id_token],
        [elsewhere, idToken],
      ] as const)
        expect(wordsOf((await who.get(logout({ id_token_hint: hint }))).text)).toContain('Log out?')
    }
    expect(await causes(house)).toEqual([null, null, null, null])
  })

  test('does nothing without the form of this browser', async ({ house }) => {
    const { visitor } = await ada(house)
    for (const form of [{ reach: 'login' }, { reach: 'login', csrf: 'AAAA' }])
      expect((await visitor.post('/oauth2/logout/confirm', form)).status).toBe(400)
    const page = await visitor.get('/oauth2/logout')
    expect((await visitor.press(page, 'Log out', { reach: 'everything' })).status).toBe(400)
    expect(await causes(house)).toEqual([null, null])
  })
})

test.describe('a request to log out that is wrong', () => {
  const wrong: readonly (readonly [string, (given: Given) => Record<string, string>])[] = [
    [
      'an address that the client has not registered',
      ({ idToken }) => ({
        id_token_hint: idToken,
        post_logout_redirect_uri: `${LOGGED_OUT}/`,
      }),
    ],
    [
      'an address for codes',
      ({ idToken }) => ({
        id_token_hint: idToken,
        post_logout_redirect_uri: REDIRECT,
      }),
    ],
    [
      'a token that was changed',
      ({ idToken }) => ({
        id_token_hint: `${idToken.slice(0, -6)}AAAAAA`,
      }),
    ],
    [
      'a token without a signature',
      ({ idToken }) => ({
        id_token_hint: `${idToken.split('.').slice(0, 2).join('.')}.`,
      }),
    ],
    ['no token at all', () => ({ id_token_hint: 'nonsense' })],
    [
      'the client of another token',
      ({ idToken, billing }) => ({
        id_token_hint: idToken,
        client_id: billing.clientId,
      }),
    ],
    ['a client that is not known', () => ({ client_id: 'nobody' })],
  ]
  for (const [what, paramsOf] of wrong) {
    test(`with ${what} gets a page, ends nothing and leads nowhere`, async ({ house }) => {
      const given = await ada(house)
      const params = paramsOf(given)
      const uri = { post_logout_redirect_uri: LOGGED_OUT, ...params }
      for (const page of [
        await given.visitor.get(logout(uri)),
        await given.visitor.post('/oauth2/logout', uri),
      ]) {
        expect(page.status).toBe(400)
        expect(page.leftTo).toBeNull()
        expect(wordsOf(page.text)).toContain('Nobody was logged out')
      }
      expect(await causes(house)).toEqual([null, null])
    })
  }

  test('with an address that is not registered is told so', async ({ house }) => {
    const { visitor, idToken } = await ada(house)
    const uri = { id_token_hint: idToken, post_logout_redirect_uri: `${LOGGED_OUT}/` }
    expect(wordsOf((await visitor.get(logout(uri))).text)).toContain('it has not registered here')
    const other = await visitor.get(logout({ id_token_hint: 'nonsense' }))
    expect(wordsOf(other.text)).toContain('in a way that we cannot trust')
  })

  test('is judged again when it comes back with the answer', async ({ house }) => {
    const { visitor, notes } = await ada(house)
    const page = await visitor.get(logout({ client_id: notes.clientId }))
    const posted = { csrf: fieldOf(page.text, 'csrf'), reach: 'login' }
    const evil = { client_id: notes.clientId, post_logout_redirect_uri: 'https://evil.example/' }
    const answer = await visitor.post(`/oauth2/logout/confirm?${new URLSearchParams(evil)}`, posted)
    expect(answer.status).toBe(400)
    expect(answer.leftTo).toBeNull()
    expect(await causes(house)).toEqual([null, null])
  })

  test('with a parameter twice gets a page', async ({ house }) => {
    const page = await house.visitor().get('/oauth2/logout?state=a&state=b')
    expect(page.status).toBe(400)
  })

  test('with an address and nobody who registered it leads nowhere', async ({ house }) => {
    const query = logout({ post_logout_redirect_uri: 'https://evil.example/' })
    expect((await house.visitor().get(query)).leftTo).toBeNull()
    const { visitor } = await ada(house)
    const left = await visitor.press(await visitor.get(query), 'Log out of this browser')
    expect(left.leftTo).toBeNull()
    expect(wordsOf(left.text)).toContain('You are logged out')
  })
})

const PLACES = [
  ['ada', 'lantern-row'],
  ['bob', 'harbour-house'],
] as const

type Given = Awaited<ReturnType<typeof ada>>

/** Ada, with Notes in the Old Mill and Billing in Lantern Row. */
async function ada(house: House, metadata: object = {}) {
  const person = await house.user('ada')
  const [mill, row] = [
    await house.workspace('Old Mill', person),
    await house.workspace('Lantern Row', person),
  ]
  const notes = await house.client(metadata)
  const billing = await house.client({ client_name: 'Billing' })
  await house.consent(person, mill, notes)
  await house.consent(person, row, billing)
  const visitor: Visitor = house.visitor()
  const { seen, verifier } = await house.arrive(visitor, notes, { workspace: 'old-mill' })
  const typed = { username: 'ada', password: PASSWORD }
  const { code = '' } = toldTo(await visitor.press(seen, 'Log in', typed))
  const tokens = await house.redeem(notes, { code, verifier })
  const second = await house.arrive(visitor, billing, { workspace: 'lantern-row' })
  expect(toldTo(second.seen)).toHaveProperty('code')
  return { person, visitor, notes, billing, idToken: tokens.id_token }
}

function logout(params: Readonly<Record<string, string>>): string {
  return `/oauth2/logout?${new URLSearchParams(params)}`
}

/** Why each session ended, the oldest first; null while it lives. */
async function causes(house: House): Promise<(string | null)[]> {
  const { prisma } = house.app.services.db
  const sessions = await prisma.session.findMany({ orderBy: { createdAt: 'asc' } })
  return sessions.map(({ endCause }) => endCause)
}
