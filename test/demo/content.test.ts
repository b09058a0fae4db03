import { csrfIn, expect, test } from './demo-test.ts'

test.describe('writing a note', () => {
  test('shows it in its workspace alone', async ({ notes, browserless }) => {
    const page = await browserless.logIn(notes, 'harbour-house')
    const note = { csrf: csrfIn(page), title: 'Guests <3', text: 'arrive at noon' }
    const answer = await browserless.submit(`${notes}/notes`, note)

    expect(answer).toMatchObject({ status: 200, url: `${notes}/` })
    expect(answer.text).toContain('Guests &lt;3')
    expect(await browserless.logIn(notes, 'old-mill')).not.toContain('Guests &lt;3')
    expect(await browserless.logIn(notes, 'harbour-house')).toContain('Guests &lt;3')
  })

  test('is refused without the token of the page', async ({ notes, browserless }) => {
    await browserless.logIn(notes)
    for (const csrf of ['', 'x'.repeat(43)]) {
      const note = { csrf, title: 'Forged', text: 'by another application on this host' }
      const answer = await browserless.submit(`${notes}/notes`, note)
      expect(answer.status).toBe(403)
      expect(answer.text).toContain('forged_form')
    }
    expect(await browserless.page(`${notes}/`)).not.toContain('Forged')
  })

  for (const [name, title, text] of [
    ['nothing', ' ', ''],
    ['a long title', 'x'.repeat(81), 'kept'],
    ['a long text', 'kept', 'x'.repeat(501)],
  ] as const) {
    test(`keeps what was typed when ${name} does not fit`, async ({ notes, browserless }) => {
      const csrf = csrfIn(await browserless.logIn(notes))
      const answer = await browserless.submit(`${notes}/notes`, { csrf, title, text })

      expect(answer.status).toBe(422)
      expect(answer.text).toContain(`value="${title}"`)
      expect(answer.text).toContain(`>${text}</textarea>`)
    })
  }

  test('takes no megabyte, no other content type and no field twice', async ({
    notes,
    browserless,
  }) => {
    const csrf = csrfIn(await browserless.logIn(notes))
    const send = (data: string, type = 'application/x-www-form-urlencoded') =>
      browserless.request.post(`${notes}/notes`, { data, headers: { 'content-type': type } })

    expect((await send(`csrf=${csrf}&title=${'x'.repeat(1_000_000)}`)).status()).toBe(413)
    expect((await send(JSON.stringify({ csrf }), 'application/json')).status()).toBe(400)
    expect((await send(`csrf=${csrf}&title=a&title=b&text=c`)).status()).toBe(400)
  })

  test('is nothing that Billing can do', async ({ billing, browserless }) => {
    const csrf = csrfIn(await browserless.logIn(billing))
    const answer = await browserless.submit(`${billing}/notes`, { csrf, title: 'a', text: 'b' })
    expect(answer.status).toBe(404)
  })
})

test.describe('invoices', () => {
  test('differ between workspaces and stay the same in one', async ({ billing, browserless }) => {
    const table = (page: string) => page.match(/<tbody>([\s\S]*)<\/tbody>/)?.[1]
    const first = table(await browserless.logIn(billing, 'harbour-house'))
    const other = table(await browserless.logIn(billing, 'old-mill'))
    const again = table(await browserless.logIn(billing, 'harbour-house'))

    expect(first).toContain('€')
    expect(other).not.toBe(first)
    expect(again).toBe(first)
  })
})
