import { createBrowserless, expect, test } from './demo-test.ts'

test.describe('logging in', () => {
  test('shows who is there, and in which workspace', async ({ notes, browserless }) => {
    const page = await browserless.logIn(notes)

    expect(page).toContain('Ada Lovelace')
    expect(page).toContain('ada@example.com')
    expect(page).toContain('harbour-house')
    expect(page).toContain('editor')
  })

  test('asks for a code with PKCE, state and nonce', async ({ notes, browserless, provider }) => {
    const answer = await browserless.request.get(`${notes}/login?workspace=lantern-row`, {
      maxRedirects: 0,
    })
    const url = new URL(answer.headers().location!)

    expect(answer.status()).toBe(303)
    expect(url.origin).toBe(provider.issuer)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'notes',
      response_type: 'code',
      redirect_uri: `${notes}/callback`,
      scope: 'openid profile email',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      workspace: 'lantern-row',
    })
  })

  test('keeps every token from the browser', async ({ notes, browserless }) => {
    const page = await browserless.logIn(notes)
    const { cookies } = await browserless.request.storageState()
    const ours = cookies.filter(({ name }) => name.startsWith('notes_'))

    expect(ours.map(({ name }) => name).sort()).toEqual(['notes_browser', 'notes_visit'])
    for (const cookie of ours) {
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', expires: -1 })
      expect(cookie.value).toMatch(/^[\w-]{43}$/)
    }
    expect(page).not.toMatch(/eyJ|access_token|refresh_token/)
  })

  test('opens the other application without a question', async ({
    notes,
    billing,
    browserless,
  }) => {
    const here = await browserless.logIn(notes)
    const link = here.match(/href="([^"]+)">Open Billing</)![1]!
    const there = await browserless.page(link.replaceAll('&amp;', '&'))

    expect(link).toBe(`${billing}/login?workspace=harbour-house`)
    expect(there).toContain('Ada Lovelace')
    expect(there).toContain('Invoices')
  })

  test('changes the workspace, the cookie and all content', async ({ notes, browserless }) => {
    await browserless.logIn(notes, 'harbour-house')
    const before = await browserless.cookies()
    const after = await browserless.logIn(notes, 'old-mill')

    expect(after).toContain('old-mill')
    expect(after).toContain('href="/login?workspace=harbour-house"')
    expect(await browserless.cookies()).not.toBe(before)
    const stale = await fetch(`${notes}/`, { headers: { cookie: before } })
    expect(await stale.text()).not.toContain('Ada Lovelace')
  })
})

test.describe('an answer of the provider', () => {
  const answers = [
    ['without anything', ''],
    ['with a state we never sent', '?code=c&state=s'],
    ['that is an error nobody asked for', '?error=access_denied&error_description=pay+here'],
  ] as const
  for (const [name, query] of answers) {
    test(`${name} is refused`, async ({ notes, browserless }) => {
      const answer = await browserless.request.get(`${notes}/callback${query}`)

      expect(answer.status()).toBe(400)
      expect(await answer.text()).toContain('login_not_expected')
      expect(await answer.text()).not.toContain('pay here')
    })
  }

  test('is good for the browser that asked, and once', async ({
    notes,
    browserless,
    playwright,
  }) => {
    const callback = await followToCallback(browserless.request, notes)
    const other = createBrowserless(await playwright.request.newContext())
    const planted = await other.request.get(callback)
    const first = await browserless.request.get(callback)
    const second = await browserless.request.get(callback)

    expect(await planted.text()).toContain('login_not_expected')
    expect(await first.text()).toContain('Ada Lovelace')
    expect(await second.text()).toContain('login_not_expected')
    await other.request.dispose()
  })

  test('of another issuer is refused', async ({ notes, browserless }) => {
    const url = new URL(await followToCallback(browserless.request, notes))
    url.searchParams.set('iss', 'https://evil.example')
    const answer = await browserless.request.get(url.href)

    expect(answer.status()).toBe(502)
    expect(await answer.text()).toContain('untrusted_answer')
  })

  test('for another workspace than was asked for says so', async ({
    notes,
    browserless,
    provider,
  }) => {
    provider.settings.enters = 'old-mill'
    const answer = await browserless.request.get(`${notes}/login?workspace=harbour-house`)
    const page = await answer.text()

    expect(page).toContain('You asked for harbour-house, and this is old-mill.')
    expect(page).toContain('in <bdi>old-mill</bdi>')
    expect(await browserless.page(`${notes}/?asked=<b>`)).not.toContain('You asked for')
  })

  test('that refuses is shown with its code and words', async ({ notes, browserless }) => {
    const answer = await browserless.request.get(`${notes}/login?workspace=locked`)
    const page = await answer.text()

    expect(answer.status()).toBe(403)
    expect(page).toContain('access_denied')
    expect(page).toContain('not a member &lt;b&gt;of it&lt;/b&gt;')
  })
})

test.describe('when something is missing', () => {
  test('a provider that is down is said to be, and asked again', async ({
    notes,
    browserless,
    provider,
  }) => {
    provider.settings.down = true
    const answer = await browserless.request.get(`${notes}/login`)
    provider.settings.down = false

    expect(answer.status()).toBe(502)
    expect(await answer.text()).toContain('provider_unreachable')
    expect(await browserless.logIn(notes)).toContain('Ada Lovelace')
  })

  for (const workspace of ['%00', 'a%20b', '%3Cscript%3E', 'a&workspace=b', 'x'.repeat(65)]) {
    test(`the workspace ${workspace.slice(0, 16)} is refused`, async ({ notes, browserless }) => {
      const answer = await browserless.request.get(`${notes}/login?workspace=${workspace}`)

      expect(answer.status()).toBe(400)
      expect(await answer.text()).toContain('invalid_workspace')
    })
  }

  test('an unknown address is a page of its own, under the policy', async ({
    notes,
    browserless,
  }) => {
    const answer = await browserless.request.get(`${notes}/nothing`)

    expect(answer.status()).toBe(404)
    expect(await answer.text()).toContain('not_found')
    expect(answer.headers()['content-security-policy']).toContain("default-src 'none'")
    expect(answer.headers()['cache-control']).toBe('no-store')
  })

  test('another name of this machine leads to the one that cookies know', async ({ notes }) => {
    const elsewhere = notes.replace('127.0.0.1', 'localhost')
    const answer = await fetch(`${elsewhere}/login`, { redirect: 'manual' })

    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${notes}/`])
  })
})

async function followToCallback(
  request: Parameters<typeof createBrowserless>[0],
  app: string,
): Promise<string> {
  let address = `${app}/login`
  while (!address.startsWith(`${app}/callback`)) {
    const answer = await request.get(address, { maxRedirects: 0 })
    address = new URL(answer.headers().location!, address).href
  }
  return address
}
