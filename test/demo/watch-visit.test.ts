import { expect, test } from './demo-test.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

test.describe('an open page', () => {
  test('hears of a logout at once, and of nothing else', async ({
    notes,
    browserless,
    provider,
  }) => {
    await browserless.logIn(notes)
    const stream = await fetch(`${notes}/events`, {
      headers: { cookie: await browserless.cookies() },
    })
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/)

    const at = Math.floor(Date.now() / 1000)
    const logout_token = await provider.sign({
      iss: provider.issuer,
      aud: 'notes',
      iat: at,
      exp: at + 120,
      jti: 'j1',
      sub: 'ada',
      events: { [EVENT]: {} },
    })
    const body = new URLSearchParams({ logout_token })
    await fetch(`${notes}/backchannel-logout`, { method: 'POST', body })

    expect(await stream.text()).toBe('retry: 1000\n\nevent: logout\ndata: {}\n\n')
  })

  test('hears nothing of the other application', async ({ notes, billing, browserless }) => {
    await browserless.logIn(notes)
    const cookie = await browserless.cookies()
    const stream = await fetch(`${notes}/events`, { headers: { cookie } })
    await browserless.logIn(billing, 'old-mill')

    const first = await stream.body!.getReader().read()
    expect(Buffer.from(first.value!).toString()).toBe('retry: 1000\n\n')
    expect(await browserless.page(`${notes}/`)).toContain('Ada Lovelace')
  })

  test('hears of a switch in another tab', async ({ notes, browserless }) => {
    await browserless.logIn(notes)
    const cookie = await browserless.cookies()
    const stream = await fetch(`${notes}/events`, { headers: { cookie } })
    await browserless.logIn(notes, 'old-mill')

    expect(await stream.text()).toContain('event: logout\n')
  })

  test('of somebody who is not logged in hears it at once', async ({ notes }) => {
    const stream = await fetch(`${notes}/events`, { headers: { cookie: 'notes_visit=stale' } })
    expect(await stream.text()).toContain('event: logout\n')
  })
})
