import { type APIRequestContext, test as base, expect } from 'playwright/test'
import { startDemo } from '../../src/demo/start.ts'
import { createSmallProvider, type SmallProvider } from './small-provider.ts'

export { expect }

interface Fixtures {
  readonly provider: SmallProvider
  readonly notes: string
  readonly billing: string
  /** One browser without windows: keeps cookies and follows redirects. */
  readonly browserless: Browserless
}

export interface Browserless {
  readonly request: APIRequestContext
  /** Comes back with the page it ends up at. */
  readonly logIn: (app: string, workspace?: string) => Promise<string>
  readonly page: (address: string) => Promise<string>
  readonly submit: (address: string, form: Record<string, string>) => Promise<Answer>
  readonly cookies: () => Promise<string>
}

export interface Answer {
  readonly status: number
  readonly url: string
  readonly text: string
}

interface Worlds {
  readonly world: {
    readonly provider: SmallProvider
    readonly notes: string
    readonly billing: string
  }
}

/** Each test has a provider and both applications to itself. */
export const test = base.extend<Fixtures & Worlds>({
  world: async ({}, use) => {
    const provider = await createSmallProvider()
    const demo = await startDemo({
      issuer: provider.issuer,
      host: '127.0.0.1',
      apps: [
        { name: 'Notes', port: 0, clientId: 'notes', clientSecret: 'notes secret +/%' },
        { name: 'Billing', port: 0, clientId: 'billing', clientSecret: 'billing secret' },
      ],
    })
    const [notes, billing] = demo.addresses as [string, string]
    provider.serve([
      registration('notes', 'notes secret +/%', notes),
      registration('billing', 'billing secret', billing),
    ])
    await use({ provider, notes, billing })
    await demo.close()
    provider.close()
  },
  provider: ({ world }, use) => use(world.provider),
  notes: ({ world }, use) => use(world.notes),
  billing: ({ world }, use) => use(world.billing),
  browserless: async ({ playwright }, use) => {
    const request = await playwright.request.newContext()
    await use(createBrowserless(request))
    await request.dispose()
  },
})

function registration(id: string, secret: string, address: string) {
  return {
    client_id: id,
    client_secret: secret,
    redirect_uris: [`${address}/callback`],
    post_logout_redirect_uris: [`${address}/`],
    backchannel_logout_uri: `${address}/backchannel-logout`,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'],
    id_token_signed_response_alg: 'ES256' as const,
  }
}

export function createBrowserless(request: APIRequestContext): Browserless {
  const page = async (address: string) => (await request.get(address)).text()
  return {
    request,
    page,
    logIn: (app, workspace) =>
      page(`${app}/login${workspace === undefined ? '' : `?workspace=${workspace}`}`),
    submit: async (address, form) => {
      const answer = await request.post(address, { form })
      return { status: answer.status(), url: answer.url(), text: await answer.text() }
    },
    cookies: async () => {
      const { cookies } = await request.storageState()
      return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    },
  }
}

/** The hidden field of our own forms. */
export function csrfIn(html: string): string {
  return html.match(/name="csrf" value="([^"]+)"/)?.[1] ?? ''
}
