import { csrfIn, expect, test } from './demo-test.ts'

test.describe('refreshing', () => {
  test('happens at once when asked', async ({ notes, browserless, provider }) => {
    const csrf = csrfIn(await browserless.logIn(notes))
    const answer = await browserless.submit(`${notes}/refresh`, { csrf })

    expect(answer).toMatchObject({ status: 200, url: `${notes}/` })
    expect(provider.tokenRequests()).toBe(2)
  })

  test('happens by itself shortly before the end, not earlier', async ({
    notes,
    browserless,
    provider,
  }) => {
    await browserless.logIn(notes)
    await browserless.page(`${notes}/`)
    expect(provider.tokenRequests()).toBe(1)

    provider.settings.accessTokenSeconds = 29
    await browserless.logIn(notes, 'old-mill')
    expect(provider.tokenRequests()).toBe(3)
    provider.settings.accessTokenSeconds = 300
    await browserless.page(`${notes}/`)
    await browserless.page(`${notes}/`)
    expect(provider.tokenRequests()).toBe(4)
  })

  test('is one request, however many ask at a time', async ({ notes, browserless, provider }) => {
    const csrf = csrfIn(await browserless.logIn(notes))
    provider.settings.tokenDelayMs = 500
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => browserless.submit(`${notes}/refresh`, { csrf })),
    )

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(provider.tokenRequests()).toBe(2)
    expect(await browserless.page(`${notes}/`)).toContain('Ada Lovelace')
  })

  test('that is refused ends the visit', async ({ notes, browserless, provider }) => {
    const csrf = csrfIn(await browserless.logIn(notes))
    provider.refuseRefreshes()
    const answer = await browserless.submit(`${notes}/refresh`, { csrf })

    expect(answer.text).toContain('Your session has ended.')
    expect(await browserless.page(`${notes}/`)).not.toContain('Ada Lovelace')
  })

  test('that nobody answers ends nothing', async ({ notes, browserless, provider }) => {
    const csrf = csrfIn(await browserless.logIn(notes))
    provider.settings.down = true
    const answer = await browserless.submit(`${notes}/refresh`, { csrf })

    expect(answer.status).toBe(502)
    expect(answer.text).toContain('provider_unreachable')
    expect(await browserless.page(`${notes}/`)).toContain('Ada Lovelace')
  })

  test('that nobody answers ends a visit whose session would be over', async ({
    notes,
    browserless,
    provider,
  }) => {
    const over = Math.floor(Date.now() / 1000) + 4
    provider.settings.sessionExpiry = over
    await browserless.logIn(notes)
    provider.settings.down = true
    await new Promise((resolve) => setTimeout(resolve, over * 1000 - Date.now()))

    expect(await browserless.page(`${notes}/`)).toContain('Your session has ended.')
  })
})
