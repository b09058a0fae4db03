import { csrfIn, expect, test } from './demo-test.ts'

test.describe('logging out', () => {
  test('ends both applications, and comes back', async ({ notes, billing, browserless }) => {
    await browserless.logIn(billing)
    const csrf = csrfIn(await browserless.logIn(notes))

    const question = await browserless.submit(`${notes}/logout`, { csrf })
    expect(await browserless.page(`${notes}/`)).not.toContain('Ada Lovelace')
    expect(await browserless.page(`${billing}/`)).toContain('Ada Lovelace')

    const [, action = ''] = question.text.match(/action="([^"]+)"/)!
    const [, xsrf = ''] = question.text.match(/name="xsrf" value="([^"]+)"/)!
    const answer = await browserless.submit(action, { xsrf, logout: 'yes' })

    expect(answer.url).toMatch(`${notes}/?state=`)
    expect(answer.text).toContain('You are logged out.')
    expect(await browserless.page(answer.url)).not.toContain('You are logged out.')
    expect(await browserless.page(`${billing}/`)).toContain('You were logged out')
  })

  test('tells the provider whose session, and where to come back', async ({
    notes,
    browserless,
    provider,
  }) => {
    const csrf = csrfIn(await browserless.logIn(notes))
    const answer = await browserless.request.post(`${notes}/logout`, {
      form: { csrf },
      maxRedirects: 0,
    })
    const url = new URL(answer.headers().location!)

    expect(`${url.origin}${url.pathname}`).toBe(`${provider.issuer}/session/end`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'notes',
      id_token_hint: expect.stringMatching(/^eyJ/),
      post_logout_redirect_uri: `${notes}/`,
      state: expect.stringMatching(/^[\w-]{43}$/),
    })
  })

  test('is refused without the token of the page', async ({ notes, browserless }) => {
    await browserless.logIn(notes)
    const answer = await browserless.submit(`${notes}/logout`, { csrf: '' })

    expect(answer.status).toBe(403)
    expect(await browserless.page(`${notes}/`)).toContain('Ada Lovelace')
  })
})
