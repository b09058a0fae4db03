import { decodeJwt } from 'jose'
import { archiveWorkspace } from '../../src/access/archive-workspace.ts'
import { removeMember } from '../../src/access/remove-member.ts'
import { createResource } from '../../src/clients/create-resource.ts'
import { formatId } from '../../src/ids.ts'
import type { User } from '../../src/users/user.ts'
import type { Workspace } from '../../src/workspaces/workspace.ts'
import { expect, type Stage, test } from '../sessions/stage.ts'
import {
  authorize,
  introspect,
  type Party,
  redeem,
  refresh,
  send,
  signIn,
} from '../support/relying-party.ts'
import type { Browser } from '../support/world.ts'

const by = { kind: 'operator' } as const

interface Person {
  readonly user: User
  readonly first: Workspace
  readonly second: Workspace
  readonly browser: Browser
  readonly party: Party
}

/** A person in two workspaces, who has said yes to one client in both. */
async function person(stage: Stage, metadata: object = {}): Promise<Person> {
  const { given } = stage
  const user = await given.user()
  const [first, second] = [await given.workspace(user), await given.workspace(user)]
  const who = { user, first, second, browser: await given.browser(user) }
  return { ...who, party: await clientOf(stage, who, metadata) }
}

async function clientOf(
  { given, node }: Stage,
  { user, first, second }: Omit<Person, 'party'>,
  metadata: object = {},
): Promise<Party> {
  const client = await given.client(metadata)
  const scopes = {
    openid: ['openid', 'profile'],
    resources: { [API]: ['read'], [JWT_API]: ['read'] },
  }
  for (const workspace of [first, second]) await given.consent(user, workspace, client, scopes)
  return { issuer: node.issuer, clientId: client.clientId, secret: client.secret }
}

const API = 'https://api.example/opaque'
const JWT_API = 'https://api.example/jwt'

test.beforeAll(async ({ stage }) => {
  const { db } = stage.node.services
  const named = { name: 'An API', scopes: ['read'] }
  await createResource(db, { description: { ...named, identifier: API }, by })
  await createResource(db, {
    description: { ...named, identifier: JWT_API, tokenFormat: 'jwt' },
    by,
  })
})

test('two tabs in two workspaces never see each other, whatever they refresh', async ({
  stage,
}) => {
  const { first, second, browser, party } = await person(stage)
  const tabs = await Promise.all(
    [first, second].map(async (workspace) => {
      const kinds = await Promise.all(
        [
          {},
          { resource: API, scope: 'openid read' },
          { resource: JWT_API, scope: 'openid read' },
        ].map(async (asked) =>
          String(
            (await signIn(party, browser, { ...asked, workspace: workspace.slug })).body
              .refresh_token,
          ),
        ),
      )
      return { workspace, tokens: kinds, sid: '' }
    }),
  )

  const said: string[][] = [[], []]
  for (let turn = 0; turn < 100; turn++) {
    const tab = tabs[turn % 2]!
    const kind = turn % 3
    const { status, body } = await refresh(party, tab.tokens[kind]!)
    expect(status).toBe(200)
    tab.tokens[kind] = String(body.refresh_token)
    const access = String(body.access_token)
    const claims = decodeJwt(String(body.id_token))
    tab.sid = String(claims.sid)
    said[turn % 2]!.push(
      JSON.stringify([
        claims,
        kind === 2 ? decodeJwt(access) : access,
        (await introspect(party, access)).body,
        kind === 0 ? await userinfo(party, access) : null,
      ]),
    )
  }

  for (const [at, tab] of tabs.entries()) {
    const other = tabs[1 - at]!
    const everything = said[at]!.join('\n')
    for (const id of idsOf(other.workspace, other.sid)) expect(everything).not.toContain(id)
    for (const words of said[at]!)
      for (const id of idsOf(tab.workspace, tab.sid).slice(0, 3)) expect(words).toContain(id)
  }
})

/** All by which a workspace and its session can be told. */
function idsOf({ id, slug }: Workspace, sid: string): string[] {
  return [formatId('wsp', id), slug, sid, id]
}

async function userinfo(party: Party, access: string): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${access}` }
  const { status, text } = await send(party, { method: 'GET', path: '/oauth2/userinfo', headers })
  return { status, ...(status === 200 ? (JSON.parse(text) as Record<string, unknown>) : {}) }
}

test.describe('the workspace of a request', () => {
  const none = { prompt: 'none' }

  async function answer({ party, browser }: Person, params: Record<string, string>) {
    const { params: told, verifier } = await authorize(party, browser, params)
    const code = told.get('code')
    if (!code) return told.get('error')
    const { body } = await redeem(party, code, verifier)
    return decodeJwt(String(body.id_token)).workspace_slug
  }

  test('is named by its slug or its identifier', async ({ stage }) => {
    const who = await person(stage)
    expect(await answer(who, { ...none, workspace: who.second.slug })).toBe(who.second.slug)
    const workspace = formatId('wsp', who.first.id)
    expect(await answer(who, { ...none, workspace })).toBe(who.first.slug)
  })

  test('is asked for when there are several and none is named', async ({ stage }) => {
    const who = await person(stage)
    expect(await answer(who, none)).toBe('interaction_required')
    const { location } = await authorize(who.party, who.browser)
    expect(location).toMatch(/^\/interaction\//)
  })

  test('needs no word when there is one', async ({ stage }) => {
    const who = await person(stage)
    await removeMember(stage.ender, { workspaceId: who.second.id, userId: who.user.id, by })
    expect(await answer(who, none)).toBe(who.first.slug)
  })

  test('is refused where the person is no member, and where there is none', async ({ stage }) => {
    const who = await person(stage)
    const foreign = await stage.given.workspace(await stage.given.user())
    for (const workspace of [foreign.slug, formatId('wsp', foreign.id), 'no-such-team'])
      expect(await answer(who, { ...none, workspace })).toBe('access_denied')
    await removeMember(stage.ender, { workspaceId: who.first.id, userId: who.user.id, by })
    expect(await answer(who, { ...none, workspace: who.first.slug })).toBe('access_denied')
  })

  test('is refused when it is archived', async ({ stage }) => {
    const who = await person(stage)
    await archiveWorkspace(stage.ender, who.first.id, by)
    expect(await answer(who, { ...none, workspace: who.first.slug })).toBe('access_denied')
    expect(await answer(who, none)).toBe(who.second.slug)
  })
})

test.describe('a pairwise client', () => {
  const REDIRECTS = ['https://one.example/cb', 'https://two.example/cb'] as const

  test('knows people and sessions by names of its own, and always the same', async ({ stage }) => {
    const who = await person(stage)
    const seen = await Promise.all(
      REDIRECTS.map(async (redirectUri) => {
        const metadata = { subject_type: 'pairwise', redirect_uris: [redirectUri] }
        const party = { ...(await clientOf(stage, who, metadata)), redirectUri }
        const inFirst = { workspace: who.first.slug }
        const once = await signIn(party, who.browser, inFirst)
        const again = await refresh(party, String(once.body.refresh_token))
        const anew = await signIn(party, who.browser, inFirst)
        const access = String(once.body.access_token)
        const told = [once, again, anew].map(({ body }) => decodeJwt(String(body.id_token)))
        const names = [
          ...told,
          await userinfo(party, access),
          (await introspect(party, access)).body,
        ]
        return new Set(names.map(({ sub, sid }) => `${sub} ${sid}`))
      }),
    )

    expect(seen.map(({ size }) => size)).toEqual([1, 1])
    const [one, two] = seen.map((names) => [...names][0]!.split(' '))
    expect(one![0]).not.toBe(two![0])
    expect(one![1]).not.toBe(two![1])
    for (const name of [...one!, ...two!]) expect(name).toMatch(/^[\w-]{32}$/)
  })
})
