import { formatId } from '../../../src/ids.ts'
import { claimsOf, expect, PASSWORD, REDIRECT, test, toldTo } from './house.ts'
import { fieldOf, wordsOf } from './visitor.ts'

test.describe('logging in on the way to an application', () => {
  test('leads to a code for the one workspace, and a login without a question the next time', async ({
    house,
  }) => {
    const ada = await house.user('ada')
    const mill = await house.workspace('Old Mill', ada)
    const notes = await house.client()
    const visitor = house.visitor()

    const { seen: login, verifier } = await house.arrive(visitor, notes)
    expect(login.status).toBe(200)
    expect(wordsOf(login.text)).toContain('Checking in to Notes')
    const consent = await visitor.press(login, 'Log in', { username: ' Ada ', password: PASSWORD })
    expect(wordsOf(consent.text)).toContain('Let Notes into Old Mill ?')
    const back = toldTo(await visitor.press(consent, 'Allow'))
    expect(back).toMatchObject({ state: 'st4te', iss: house.app.url })

    const tokens = await house.redeem(notes, { code: back.code ?? '', verifier })
    expect(claimsOf(tokens.id_token)).toMatchObject({
      sub: formatId('usr', ada.id),
      workspace_id: formatId('wsp', mill.id),
    })
    const again = await house.arrive(visitor, notes, { prompt: 'none' })
    expect(toldTo(again.seen)).toHaveProperty('code')
    expect(house.outcomes).toContainEqual({ kind: 'login', outcome: 'succeeded' })
  })

  test('allows its form to lead to the client and nowhere else', async ({ house }) => {
    const { seen } = await house.arrive(house.visitor(), await house.client())
    const policy = seen.headers.get('content-security-policy')
    expect(policy).toContain("form-action 'self' https://rp.example;")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(seen.headers.get('x-content-type-options')).toBe('nosniff')
    expect(seen.headers.get('cache-control')).toBe('no-store')
  })

  test('says the same of a wrong password and of an unknown name, and keeps the name', async ({
    house,
  }) => {
    await house.user('ada')
    const visitor = house.visitor()
    const { seen: login } = await house.arrive(visitor, await house.client())

    const pages: string[] = []
    for (const username of ['ada', 'eve']) {
      const page = await visitor.press(login, 'Log in', { username, password: 'not the right one' })
      expect(page.status).toBe(401)
      expect(fieldOf(page.text, 'username')).toBe(username)
      expect(page.text).not.toContain('not the right one')
      const text = page.text.replaceAll(/<form class="passkey"[\s\S]*?<\/form>/g, '')
      pages.push(text.replaceAll(username, 'somebody'))
    }
    expect(pages[0]).toBe(pages[1])
    expect(house.outcomes).toContainEqual({ kind: 'login', outcome: 'invalid_credentials' })
  })

  test('stops after too many tries and says for how long', async ({ house }) => {
    await house.user('ada')
    const visitor = house.visitor()
    const { seen: login } = await house.arrive(visitor, await house.client())
    let page = login
    for (let tries = 0; tries < 30 && page.status !== 429; tries += 1)
      page = await visitor.press(login, 'Log in', {
        username: 'ada',
        password: 'not the right one',
      })

    expect(page.status).toBe(429)
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(wordsOf(page.text)).toMatch(/Too many tries\. Wait \d+ (minutes|seconds)/)
    expect(fieldOf(page.text, 'username')).toBe('ada')
    const right = await visitor.press(page, 'Log in', { username: 'ada', password: PASSWORD })
    expect(right.status).toBe(429)
  })

  test('never adopts a cookie that a browser brought', async ({ house }) => {
    const ada = await house.user('ada')
    await house.consent(ada, await house.workspace('Old Mill', ada), await house.client())
    const visitor = house.visitor()
    visitor.setCookie(house.cookieName, 'planted-by-somebody-who-wants-to-share-the-login')
    const { seen: login } = await house.arrive(visitor, await house.client())
    await visitor.press(login, 'Log in', { username: 'ada', password: PASSWORD })
    expect(visitor.cookie(house.cookieName)).toMatch(/^[\w-]{21,}$/)
    expect(visitor.cookie(house.cookieName)).not.toContain('planted')
  })

  test('sends who cancels back to the application', async ({ house }) => {
    const visitor = house.visitor()
    const { seen: login } = await house.arrive(visitor, await house.client())
    const left = await visitor.press(login, 'Cancel and go back to Notes')
    expect(left.leftTo?.href.startsWith(REDIRECT)).toBe(true)
    expect(toldTo(left)).toMatchObject({ error: 'access_denied', state: 'st4te' })
  })

  test('puts a hint of a username into the field, and nothing else', async ({ house }) => {
    const notes = await house.client()
    const hinted = await house.arrive(house.visitor(), notes, { login_hint: 'Ada' })
    expect(fieldOf(hinted.seen.text, 'username')).toBe('ada')
    const strange = await house.arrive(house.visitor(), notes, { login_hint: 'two words' })
    expect(fieldOf(strange.seen.text, 'username')).toBe('')
  })
})

test.describe('a login page that is not the one that was sent', () => {
  test('is of no use to another browser', async ({ house }) => {
    const { seen } = await house.arrive(house.visitor(), await house.client())
    const stranger = house.visitor()
    const page = await stranger.get(new URL(seen.address).pathname)
    expect(page.status).toBe(400)
    expect(wordsOf(page.text)).toContain('This page is out of date')
  })

  test('is over after ten minutes', async ({ house, database }) => {
    await house.user('ada')
    const visitor = house.visitor()
    const { seen: login } = await house.arrive(visitor, await house.client())
    await database.pass('11m')
    const page = await visitor.press(login, 'Log in', { username: 'ada', password: PASSWORD })
    expect(page.status).toBe(400)
    expect(wordsOf(page.text)).toContain('form_expired')
  })

  test('without its token is shown again, with the name that was typed', async ({ house }) => {
    await house.user('ada')
    const visitor = house.visitor()
    const { seen } = await house.arrive(visitor, await house.client())
    const address = `${new URL(seen.address).pathname}/login`
    for (const csrf of [{}, { csrf: 'AAAA' }]) {
      const page = await visitor.post(address, { username: 'ada', password: PASSWORD, ...csrf })
      expect(page.status).toBe(400)
      expect(wordsOf(page.text)).toContain('This form was open for too long')
      expect(fieldOf(page.text, 'username')).toBe('ada')
    }
  })

  test('asked for again begins anew', async ({ house }) => {
    const visitor = house.visitor()
    const { seen } = await house.arrive(visitor, await house.client())
    const page = await visitor.get(`${new URL(seen.address).pathname}/login`)
    expect(page.address).toBe(seen.address)
    expect(page.status).toBe(200)
  })
})

test.describe('what no honest browser sends', () => {
  const long = 'a'.repeat(2000)
  const bodies: readonly (readonly [string, string])[] = [
    ['a null byte', 'username=a%00b&password=x'],
    ['a lone surrogate', 'username=%ED%A0%80&password=x'],
    ['a broken escape', 'username=%E0%A4%A&password=x'],
    ['a field twice', 'username=ada&username=eve&password=x'],
    ['no password', 'username=ada'],
    ['nothing', ''],
    ['a name of 2000 letters', `username=${long}&password=x`],
    ['a password of 2000 letters', `username=ada&password=${long}`],
  ]
  for (const [what, body] of bodies) {
    test(`${what} gets a page and 400`, async ({ house }) => {
      const visitor = house.visitor()
      const { seen } = await house.arrive(visitor, await house.client())
      const csrf = encodeURIComponent(fieldOf(seen.text, 'csrf'))
      const address = `${new URL(seen.address).pathname}/login`
      const page = await visitor.post(address, `csrf=${csrf}&${body}`)
      expect(page.status).toBe(400)
      expect(page.headers.get('content-type')).toContain('text/html')
      expect(wordsOf(page.text)).toContain('We could not read what was sent')
    })
  }

  test('a name of a megabyte gets a page and 413', async ({ house }) => {
    const visitor = house.visitor()
    const { seen } = await house.arrive(visitor, await house.client())
    const address = `${new URL(seen.address).pathname}/login`
    const page = await visitor.post(address, `username=${'a'.repeat(1 << 20)}`)
    expect(page.status).toBe(413)
    expect(page.headers.get('content-type')).toContain('text/html')
  })

  test('an address that is none of ours gets a page and no 500', async ({ house }) => {
    const visitor = house.visitor()
    for (const path of ['/interaction/x', '/interaction/x/login', '/interaction/%F0%9F%92%A9'])
      expect((await visitor.get(path)).status).toBe(400)
    expect((await visitor.post('/interaction/x/nothing', {})).status).toBe(404)
  })
})
