import type { Client } from '../../../src/clients/client.ts'
import { formatId } from '../../../src/ids.ts'
import type { User } from '../../../src/users/user.ts'
import { type Arrived, type House, PASSWORD, toldTo } from '../interactions/house.ts'
import { type Seen, type Visitor, wordsOf } from '../interactions/visitor.ts'

export const FIREFOX =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0'
export const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'

type Notes = Client & { readonly secret: string | null }

/** Somebody with one workspace, who has said yes to one application there. */
export interface Person {
  readonly user: User
  readonly username: string
  readonly notes: Notes
  /** A browser that has logged in and used the application. */
  browser(agent: string): Promise<Visitor>
  /** Lets the application work while the person is away; its refresh token comes back. */
  letWorkAway(visitor: Visitor): Promise<string>
  refresh(token: string): Promise<number>
  /** What is open in their name. */
  open(): Promise<Readonly<Record<'logins' | 'sessions' | 'offline' | 'consents', number>>>
  /** As the page's buttons name them, the first begun first. */
  ids(): Promise<Readonly<Record<'logins' | 'sessions' | 'offline' | 'consents', string[]>>>
}

export async function personIn(house: House, username: string, slug: string): Promise<Person> {
  const user = await house.user(username)
  const notes = await house.client({
    client_name: 'Notes',
    backchannel_logout_uri: 'https://rp.example/back',
  })
  await house.consent(user, await house.workspace(slug, user), notes)
  const ids = () => idsOf(house, user)

  return {
    user,
    username,
    notes,
    browser: async (agent) => {
      const visitor = house.visitor(agent)
      const { seen } = await house.arrive(visitor, notes, { workspace: slug })
      toldTo(await visitor.press(seen, 'Log in', { username, password: PASSWORD }))
      return visitor
    },
    letWorkAway: async (visitor) => {
      const params = { scope: 'openid offline_access', prompt: 'consent', workspace: slug }
      const { seen, verifier } = await house.arrive(visitor, notes, params)
      const { code } = toldTo(await visitor.press(seen, 'Allow')) as Pick<Arrived, 'code'>
      return (await house.redeem(notes, { code, verifier })).refresh_token
    },
    refresh: (token) => refreshAt(house, notes, token),
    ids,
    open: async () => {
      const { logins, sessions, offline, consents } = await ids()
      return {
        logins: logins.length,
        sessions: sessions.length,
        offline: offline.length,
        consents: consents.length,
      }
    },
  }
}

/** What an act's form is answered with, as the page itself would send it. */
export async function act(
  visitor: Visitor,
  address: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Seen> {
  return visitor.post(address, { csrf: csrfOf(await visitor.get('/account')), ...fields })
}

export function csrfOf({ text }: Seen): string {
  return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
}

/** What a person reads in one part of the page. */
export function sectionOf(
  { text }: Seen,
  id: 'here' | 'others' | 'kept' | 'services' | 'consents',
): string {
  const section = new RegExp(`<section aria-labelledby="${id}">[\\s\\S]*?</section>`).exec(text)
  if (!section) throw new Error(`no section ${id} in: ${wordsOf(text)}`)
  return wordsOf(section[0])
}

async function idsOf({ app }: House, { id: userId }: User) {
  const { prisma } = app.services.db
  const live = { where: { userId, endedAt: null }, orderBy: { id: 'asc' } } as const
  const sessions = await prisma.session.findMany(live)
  const consents = await prisma.consent.findMany({ where: { userId, withdrawnAt: null } })
  const named = (kind: string) =>
    sessions.filter((one) => one.kind === kind).map(({ id }) => formatId('ses', id as never))
  return {
    logins: (await prisma.login.findMany(live)).map(({ id }) => formatId('lgn', id as never)),
    sessions: named('login'),
    offline: named('offline'),
    consents: consents.map(({ id }) => formatId('con', id as never)),
  }
}

async function refreshAt({ app }: House, { clientId, secret }: Notes, token: string) {
  const credentials = Buffer.from(`${clientId}:${secret}`).toString('base64')
  const response = await fetch(`${app.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
  })
  await response.body?.cancel()
  return response.status
}
