import type { Server } from 'node:http'
import { deliveryStates } from '../revocation/given.ts'
import { type Browsing, browse, type Page } from '../support/browse.ts'
import { logIn, type Person, WORKSPACE } from '../support/operator.ts'
import { freePort } from '../support/server.ts'
import { startApplication } from './express-application.ts'
import { test as base, expect, type Served } from './served.ts'

interface Application {
  readonly url: string
  readonly server: Server
}

const test = base.extend<{ application: Application; params: Record<string, string> }>({
  params: [{}, { option: true }],
  application: async ({ served, params }, use) => {
    const port = await freePort()
    const url = `http://localhost:${port}`
    const { clientId, secret } = await served.client({
      client_name: 'Application',
      redirect_uris: [`${url}/callback`],
      post_logout_redirect_uris: [url],
      grant_types: ['authorization_code', 'refresh_token'],
      backchannel_logout_uri: `${url}/backchannel-logout`,
      backchannel_logout_session_required: true,
    })
    const settings = { issuer: served.issuer, port, clientId, clientSecret: secret, params }
    const server = await startApplication(settings)
    await use({ url, server })
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  },
})

/** Logs in by the application's own link; its first page then tells whom it sees. */
async function loggedIn({ url }: Application, person: Person) {
  const browsing = browse()
  const page = await logIn(browsing, `${url}/login`, person)
  return { browsing, claims: claimsOn(page) }
}

type Claims = Readonly<Record<string, unknown>> | null

function claimsOn({ html }: Page): Claims {
  return (JSON.parse(html) as { claims: Claims }).claims
}

async function claimsSeen(browsing: Browsing, { url }: Application): Promise<Claims> {
  return claimsOn(await browsing.open(url))
}

test.describe('express-openid-connect', () => {
  test('logs a person in, in a workspace', async ({ application, served }) => {
    const person = await served.person()
    const { browsing, claims } = await loggedIn(application, person)

    expect(claims).toMatchObject({ iss: served.issuer, workspace_slug: WORKSPACE })
    const info = await browsing.open(`${application.url}/person`)
    expect(JSON.parse(info.html)).toMatchObject({
      preferred_username: person.username,
      sid: claims?.sid,
    })
  })

  test('refreshes again and again', async ({ application, served }) => {
    const { browsing, claims } = await loggedIn(application, await served.person())
    for (let times = 0; times < 3; times++) {
      const page = await browsing.open(`${application.url}/refreshed`)
      expect([page.status, claimsOn(page)?.sid]).toEqual([200, claims?.sid])
    }
  })

  test('logs out here and at the provider', async ({ application, served }) => {
    const { browsing } = await loggedIn(application, await served.person())

    const left = await browsing.open(`${application.url}/logout`)

    expect([left.url.origin, claimsOn(left)]).toEqual([application.url, null])
    const again = await browsing.open(`${application.url}/login`)
    expect([again.url.origin, again.status]).toEqual([served.issuer, 200])
    expect(again.url.pathname).toMatch(/^\/interaction\//)
  })

  test('forgets a session that an operator ended, and no other of the same person', async ({
    application,
    served,
  }) => {
    const person = await served.person()
    const here = await loggedIn(application, person)
    const elsewhere = browse()
    const login = await elsewhere.open(`${application.url}/login`)
    const there = claimsOn(await elsewhere.press(login, 'Log in', { ...person }))
    expect(there?.sub).toBe(here.claims?.sub)

    await served.sojourn(`session end ${here.claims?.sid}`)

    await expect.poll(() => claimsSeen(here.browsing, application)).toBeNull()
    expect(await claimsSeen(elsewhere, application)).toMatchObject({ sid: there?.sid })
  })
})

test.describe('express-openid-connect, which keeps the newest ID token, with offline access', () => {
  test.use({ params: { scope: 'openid profile offline_access', prompt: 'consent' } })

  async function refreshed(application: Application, served: Served) {
    const person = await served.person()
    const { browsing, claims } = await loggedIn(application, person)
    const page = await browsing.open(`${application.url}/refreshed`)
    expect(claimsOn(page)).toMatchObject({ sid: claims?.sid, offline_sid: claims?.offline_sid })
    expect(claims?.offline_sid).not.toBe(claims?.sid)
    return { person, browsing, claims }
  }

  test('forgets the person when the session in the browser ends', async ({
    application,
    served,
  }) => {
    const { browsing, claims } = await refreshed(application, served)
    await served.sojourn(`session end ${claims?.sid}`)
    await expect.poll(() => claimsSeen(browsing, application)).toBeNull()
  })

  test('keeps the person when an operator ends the offline one', async ({
    application,
    served,
    database,
  }) => {
    const { person, browsing, claims } = await refreshed(application, served)
    const listed = await served.sojourn(`session list --user ${person.username}`)
    const { kind } = sessionsOf(listed).find((one) => one.session_id === claims?.offline_sid)!
    expect(kind).toBe('offline')
    const { ended } = await served.sojourn(`session end ${claims?.offline_sid}`)
    expect(ended).toEqual([claims?.offline_sid])

    await expect.poll(() => deliveryStates(database.db)).toEqual({ delivered: 1 })
    expect(await claimsSeen(browsing, application)).toMatchObject({ sid: claims?.sid })
  })

  test('logs out without a question, by what a refresh gave it', async ({
    application,
    served,
  }) => {
    const { browsing } = await refreshed(application, served)
    const left = await browsing.open(`${application.url}/logout`)
    expect([left.url.origin, claimsOn(left)]).toEqual([application.url, null])
  })
})

interface Listed {
  readonly session_id: string
  readonly kind: string
}

function sessionsOf({ sessions }: Record<string, unknown>): readonly Listed[] {
  return sessions as Listed[]
}
