import { randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { disableClient } from '../../../src/access/disable-client.ts'
import { disableUser } from '../../../src/access/disable-user.ts'
import type { Client } from '../../../src/clients/client.ts'
import { createResource } from '../../../src/clients/create-resource.ts'
import { formatId } from '../../../src/ids.ts'
import { endLogin, endSession } from '../../../src/sessions/ending/end.ts'
import { liveSessionsOf } from '../../../src/sessions/session-store.ts'
import {
  heldIn,
  loginOf,
  offlineCode,
  placeOn,
  redeemed,
  sessionOf,
  visitOn,
} from '../../sessions/place.ts'
import { test as onStage } from '../../sessions/stage.ts'
import {
  authorize,
  introspect,
  type Party,
  redeem,
  refresh,
  revoke,
  signIn,
} from '../../support/relying-party.ts'
import { expect, type Given, type Node, test } from '../../support/world.ts'
import { type Ask, answerBy, basic, bothWays, compared, formOf, seenIn } from './both-ways.ts'

const OPERATOR = { kind: 'operator' } as const
const OPAQUE = 'https://opaque.example/'
const JWT = 'https://jwt.example/'
const RS256 = 'https://rs256.example/'
const ALL = 'openid profile email phone address read write'
const PUBLIC = { token_endpoint_auth_method: 'none' }

/** A person of whom much is known, and APIs that take tokens. */
async function situation(node: Node, given: Given) {
  const { services } = node
  const user = await given.user()
  await services.pool.query(
    `UPDATE "user" SET name = 'Zoë', given_name = 'Z', email = 'zoe@example.com',
      email_verified = true, phone_number = '+431234', locale = 'de-AT',
      address = '{"country": "Austria"}' WHERE id = $1`,
    [user.id],
  )
  const workspace = await given.workspace(user)
  const apis = [
    { identifier: OPAQUE, tokenFormat: 'opaque' },
    { identifier: JWT, tokenFormat: 'jwt' },
    { identifier: RS256, tokenFormat: 'jwt', alg: 'RS256' },
  ] as const
  for (const api of apis)
    await createResource(services.db, {
      description: { name: 'An API', scopes: ['read', 'write', 'delete'], ...api },
      by: OPERATOR,
    })
  const browser = await given.browser(user)
  const resources = {
    [OPAQUE]: ['read', 'write'],
    [JWT]: ['read', 'write'],
    [RS256]: ['read', 'write'],
  }

  const clientOf = async (metadata: object = {}) => {
    const client = await given.client(metadata)
    const openid = ['openid', 'profile', 'email', 'phone', 'address', 'offline_access']
    await given.consent(user, workspace, client, { openid, resources })
    return { issuer: node.issuer, ...client }
  }
  const tokenOf = async (
    party: Party,
    params: Record<string, string> = {},
    by = browser,
  ): Promise<string> => {
    const { body } = await signIn(party, by, { scope: ALL, ...params })
    if (!body.refresh_token) throw new Error(JSON.stringify(body))
    return String(body.refresh_token)
  }
  return { user, workspace, browser, clientOf, tokenOf }
}

function askOf(party: Party, token: string, fields: Record<string, string> = {}): Ask {
  const form = { grant_type: 'refresh_token', refresh_token: token, ...fields }
  return party.secret
    ? { headers: basic(party.clientId, party.secret), body: formOf(form) }
    : { body: formOf({ ...form, client_id: party.clientId }) }
}

/** The outcomes of refreshes that are told to monitoring meanwhile. */
async function toldDuring(work: () => Promise<unknown>): Promise<unknown[]> {
  const told: unknown[] = []
  const heard = (message: unknown) => {
    const { kind, outcome } = message as { kind: string; outcome?: unknown }
    if (kind === 'refresh') told.push(outcome)
  }
  subscribe('sojourn:outcome', heard)
  await work().finally(() => unsubscribe('sojourn:outcome', heard))
  return told
}

/** What is asked at the authorization, and at the refresh. */
const KINDS: Readonly<Record<string, readonly [Record<string, string>, Record<string, string>]>> = {
  plain: [{}, {}],
  narrowed: [{}, { scope: 'openid email' }],
  'without an identity': [{}, { scope: 'email' }],
  'with a scope of an API': [{ resource: OPAQUE }, { scope: 'read openid' }],
  opaque: [{ resource: OPAQUE }, {}],
  'opaque, narrowed': [{ resource: OPAQUE }, { resource: OPAQUE, scope: 'write' }],
  JWT: [{ resource: JWT }, {}],
  'JWT, narrowed to nothing': [{ resource: JWT }, { scope: 'openid' }],
  'RS256 JWT': [{ resource: RS256 }, {}],
  'with a nonce and the time': [{ nonce: 'n-1', max_age: '3600' }, {}],
  'with its level': [{ acr_values: 'urn:sojourn:aal1' }, {}],
  'with a nameless field': [{}, { way: 'any' }],
}

test.describe('a refresh by the short way', () => {
  for (const [who, metadata, kinds] of [
    ['confidential', {}, Object.keys(KINDS)],
    ['posting', { token_endpoint_auth_method: 'client_secret_post' }, ['plain']],
    ['public', PUBLIC, ['plain', 'JWT', 'opaque, narrowed']],
    ['pairwise', { subject_type: 'pairwise' }, ['plain', 'JWT', 'opaque']],
    ['RS256', { id_token_signed_response_alg: 'RS256' }, ['plain', 'JWT']],
    ['bounded', { scope: 'openid profile read' }, ['plain', 'JWT', 'opaque']],
  ] as const)
    test(`gives a ${who} client what the library gives it`, async ({ node, given }) => {
      const { clientOf, tokenOf } = await situation(node, given)
      const party = await clientOf(metadata)
      for (const [at, kind] of kinds.entries()) {
        const [params, fields] = KINDS[kind]!
        const token = await tokenOf(party, params)
        const order = at % 2 === 0 ? (['short', 'long'] as const) : (['long', 'short'] as const)
        const told = await toldDuring(async () => {
          const { ours, library, short } = await bothWays(node, askOf(party, token, fields), order)
          expect(ours, kind).toEqual(library)
          expect({ short, status: ours.status }, kind).toEqual({ short: true, status: 200 })
        })
        expect(told, kind).toEqual(['advanced', 'grace'])
      }
    })

  onStage('gives an offline session what the library gives it', async ({ stage }) => {
    for (const order of [
      ['short', 'long'],
      ['long', 'short'],
    ] as const) {
      const visit = await visitOn(stage)
      const { code } = heldIn(await offlineCode(visit))
      const { body } = await redeem(visit.party, code!.code, code!.verifier)
      await endLogin(stage.ender, await loginOf(visit), { cause: 'logout', by: OPERATOR })
      const ask = askOf(visit.party, String(body.refresh_token))
      const { ours, library, short } = await bothWays(stage.node, ask, order)
      expect(ours).toEqual(library)
      expect({ short, status: ours.status }).toEqual({ short: true, status: 200 })
    }
  })

  test('says what it is', async ({ node, given }) => {
    const { clientOf, tokenOf, user, workspace } = await situation(node, given)
    const party = await clientOf()
    const token = await tokenOf(party, { nonce: 'n-1', resource: JWT })
    const [family = ''] = token.split('.')

    const { short, text } = await answerBy('short', node, askOf(party, token))

    expect(short).toBe(true)
    const body = JSON.parse(text)
    expect(body).toEqual({
      access_token: expect.stringMatching(/^eyJ/),
      expires_in: 300,
      id_token: expect.stringMatching(/^eyJ/),
      refresh_token: expect.stringContaining(`${family}.1.`),
      scope: 'read write',
      token_type: 'Bearer',
    })
    const [session] = await liveSessionsOf(node.services.db, user.id)
    const sid = formatId('ses', session!.id)
    const place = {
      workspace_id: formatId('wsp', workspace.id),
      workspace_slug: workspace.slug,
      workspace_roles: ['member'],
    }
    const times = { iat: expect.any(Number), exp: expect.any(Number) }
    const proof = { acr: 'urn:sojourn:aal1', amr: ['pwd'], auth_time: expect.any(Number) }
    const about = { ...place, ...proof, ...times }
    const shared = { iss: node.issuer, sub: formatId('usr', user.id), sid, ...about }
    expect(decodeProtectedHeader(body.id_token)).toEqual({ alg: 'ES256', kid: expect.any(String) })
    expect(decodeJwt(body.id_token)).toEqual({
      ...shared,
      aud: party.clientId,
      session_expiry: Math.floor(session!.absoluteEndAt.getTime() / 1000),
      name: 'Zoë',
      given_name: 'Z',
      preferred_username: user.username,
      locale: 'de-AT',
      updated_at: expect.any(Number),
      email: 'zoe@example.com',
      email_verified: true,
      phone_number: '+431234',
      phone_number_verified: false,
      address: { country: 'Austria' },
    })
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(decodeJwt(body.access_token)).toEqual({
      ...shared,
      aud: JWT,
      client_id: party.clientId,
      scope: 'read write',
      session_id: sid,
      grant_id: expect.stringMatching(/^gra_/),
      grant_epoch: 0,
      family_id: family.replace('srt_', 'rtf_'),
      jti: expect.stringMatching(/^[\w-]{22}$/),
    })
    expect((await introspect(party, body.access_token)).body.active).toBe(true)
    expect((await refresh(party, body.refresh_token)).status).toBe(200)
  })

  test('gives no more than the grant does by now', async ({ node, given }) => {
    const { clientOf, tokenOf } = await situation(node, given)
    const party = await clientOf()
    const [own, ofApi] = [await tokenOf(party), await tokenOf(party, { resource: OPAQUE })]
    const scopesAre = (scopes: object) =>
      node.services.pool.query('UPDATE "grant" SET scopes = $1', [scopes])
    const decided: string[] = []
    for (const [name, scopes] of Object.entries({
      less: { openid: { scope: 'email openid' }, resources: { [OPAQUE]: 'write' } },
      'no identity': { openid: { scope: 'email' }, resources: { [OPAQUE]: 'read' } },
      'less by a no': {
        openid: { scope: 'openid email profile' },
        resources: { [OPAQUE]: 'read write' },
        rejected: { openid: { scope: 'email' }, resources: { [OPAQUE]: 'read' } },
      },
      nothing: {},
    })) {
      await scopesAre(scopes)
      const asks = { [`${name}, own`]: askOf(party, own), [`${name}, API`]: askOf(party, ofApi) }
      decided.push(...(await compared(node, asks)))
    }
    expect(decided).toEqual(['less, own: 200', 'less, API: 200'])
  })

  test('is given to who proves who it is', async ({ node, given }) => {
    const { clientOf, tokenOf } = await situation(node, given)
    const { services } = node
    const party = await clientOf()
    const { clientId: id, secret } = party
    const open = await clientOf(PUBLIC)
    const [token, openToken] = [await tokenOf(party), await tokenOf(open)]
    const other = await clientOf()
    const changed = async (metadata: object) => {
      const client = await clientOf()
      const presented = await tokenOf(client)
      await services.pool.query(
        'UPDATE client SET metadata = metadata || $2::jsonb WHERE client_id = $1',
        [client.clientId, JSON.stringify(metadata)],
      )
      return askOf(client, presented)
    }
    const disabled = await clientOf()
    const ofDisabled = askOf(disabled, await tokenOf(disabled))
    await disableClient(services, disabled.id, OPERATOR)
    const headers = basic(id, secret)
    const shown = (fields: Record<string, string>) => ({
      body: formOf({ grant_type: 'refresh_token', refresh_token: token, ...fields }),
    })

    const decided = await compared(node, {
      'the secret in the header': askOf(party, token),
      'the secret in the form': shown({ client_id: id, client_secret: String(secret) }),
      'a public client': askOf(open, openToken),
      'a public client with a secret': {
        headers: basic(open.clientId, 'x'),
        body: askOf(open, openToken).body,
      },
      'a public client with an empty header': {
        ...askOf(open, openToken),
        headers: { authorization: '' },
      },
      'without the secret': shown({ client_id: id }),
      nobody: shown({}),
      'a wrong secret': { ...askOf(party, token), headers: basic(id, 'x') },
      'a wrong secret in the form': shown({ client_id: id, client_secret: 'x' }),
      'another client': askOf(other, token),
      'another client, without a secret': askOf(open, token),
      'the secret of another client': { ...askOf(party, token), headers: basic(id, other.secret) },
      'an unknown client': { ...askOf(party, token), headers: basic('nobody', secret) },
      'a disabled client': ofDisabled,
      'two clients': askOf(party, token, { client_id: other.clientId }),
      'both mechanisms': askOf(party, token, { client_secret: String(secret) }),
      'an assertion': askOf(party, token, { client_assertion: 'a.b.c' }),
      'a client that may not any more': await changed({ grant_types: ['authorization_code'] }),
      'a client that is public now': await changed(PUBLIC),
      'a client that uses its key now': await changed({
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: 'https://rp.example/jwks',
      }),
      'a client that must bring a proof now': await changed({ dpop_bound_access_tokens: true }),
      'a secret that has run out': await changed({ client_secret_expires_at: 1 }),
      'a secret that will run out': await changed({ client_secret_expires_at: 4_000_000_000 }),
      'a client with an origin': {
        ...askOf(party, token),
        headers: { ...headers, origin: 'https://rp.example' },
      },
      'an attestation': {
        ...askOf(party, token),
        headers: { ...headers, 'oauth-client-attestation': 'x' },
      },
      'a broken proof': { ...askOf(party, token), headers: { ...headers, dpop: 'x' } },
    })
    expect(decided).toEqual([
      'the secret in the header: 200',
      'the secret in the form: 200',
      'a public client: 200',
    ])
  })

  test('is left to the library when it names two APIs', async ({ node, given }) => {
    const { clientOf, tokenOf } = await situation(node, given)
    const party = await clientOf()
    const token = await tokenOf(party, { resource: OPAQUE })
    const { headers = {}, body } = askOf(party, token)
    for (const resources of [
      [OPAQUE, JWT],
      [OPAQUE, OPAQUE],
    ]) {
      const named = resources.map((resource) => `&resource=${resource}`).join('')
      const asks = { [named]: { headers, body: body + named } }
      expect(await compared(node, asks)).toEqual([])
    }
  })

  test('is refused as the library refuses it, and moves nothing', async ({ node, given }) => {
    const { clientOf, tokenOf } = await situation(node, given)
    const party = await clientOf()
    const token = await tokenOf(party, { scope: 'openid profile read', resource: OPAQUE })
    const [family = '', generation = '', ...macs] = token.split('.')
    const ask = (fields: Record<string, string>) => askOf(party, token, fields)
    const { headers = {}, body } = ask({})

    const decided = await compared(node, {
      'an unknown API': ask({ resource: 'https://nowhere.example/' }),
      'an API that was not asked for': ask({ resource: JWT }),
      'an API that is no address': ask({ resource: 'x\0' }),
      'a scope that it has not': ask({ scope: 'openid write' }),
      'a scope that is none': ask({ scope: 'a"b' }),
      'two scopes too far apart': ask({ scope: 'openid  profile' }),
      'two scope fields': { headers, body: `${body}&scope=openid&scope=profile` },
      'two tokens': { headers, body: `${body}&refresh_token=${token}` },
      'no token': { headers, body: 'grant_type=refresh_token' },
      'an empty token': ask({ refresh_token: '' }),
      garbage: ask({ refresh_token: 'srt_a.1.b.c' }),
      'a null byte': ask({ refresh_token: `${token}\0` }),
      'padding at its end': ask({ refresh_token: `${token}=` }),
      'another generation': ask({ refresh_token: [family, '7', ...macs].join('.') }),
      'its family in capitals': ask({
        refresh_token: [family.toUpperCase(), generation, ...macs].join('.'),
      }),
      'the kind twice': { headers, body: `${body}&grant_type=refresh_token` },
      'another kind': ask({ grant_type: 'authorization_code' }),
      'a mark before the body': { headers, body: `\ufeff${body}` },
      'a long body': { headers, body: `${body}&x=${'a'.repeat(60_000)}` },
    })
    expect(decided).toEqual([])
    const { rows } = await node.services.pool.query('SELECT generation FROM family')
    expect(rows).toEqual([{ generation: 0 }])
    expect((await answerBy('short', node, { headers, body })).status).toBe(200)
  })

  test('is refused when nothing stands behind the token', async ({ node, given, pass }) => {
    const { clientOf, tokenOf, user } = await situation(node, given)
    const { services } = node
    const party = await clientOf()
    const sessionIs = async () => (await liveSessionsOf(services.db, user.id))[0]!.id
    const stranger = await strangerAt(given, party)
    const asks: Record<string, Ask> = {}
    asks['of a revoked grant'] = askOf(party, await tokenOf(party))
    await revoke(party, await tokenOf(party))
    expect(await compared(node, asks)).toEqual([])
    asks['of an ended session'] = askOf(party, await tokenOf(party))
    await endSession(services, await sessionIs(), { cause: 'administrator', by: OPERATOR })
    asks['of an idle one'] = askOf(party, await stranger.token())
    await pass('31m')
    asks['of a person who is disabled'] = askOf(party, await stranger.token())
    await disableUser(services, stranger.user.id, OPERATOR)
    expect(await compared(node, asks)).toEqual([])
  })

  test('is refused for a token that was replaced, as the library does it', async ({
    node,
    given,
    pass,
  }) => {
    const { clientOf, tokenOf, user } = await situation(node, given)
    const party = await clientOf(PUBLIC)
    const agent = (name: string) => ({ 'user-agent': name })
    const family = 'UPDATE family SET generation = 0 WHERE generation > 0'
    const cases = {
      'from elsewhere': {
        prepare: async (token: string) => {
          await refresh(party, token, {}, agent('Mine/1'))
          return { ...askOf(party, token), headers: agent('Thief/1') }
        },
        told: ['grace_elsewhere'],
      },
      'too late': {
        prepare: async (token: string) => {
          await refresh(party, token)
          await pass('31s')
          return askOf(party, token)
        },
        told: ['reuse'],
      },
      'twice replaced': {
        prepare: async (token: string) => {
          const { body } = await refresh(party, token)
          await refresh(party, String(body.refresh_token))
          return askOf(party, token)
        },
        told: ['reuse'],
      },
      'newer than the row': {
        prepare: async (token: string) => {
          const { body } = await refresh(party, token)
          await node.services.pool.query(family)
          return askOf(party, String(body.refresh_token))
        },
        told: [],
      },
    }
    for (const [name, { prepare, told }] of Object.entries(cases)) {
      const answers: unknown[] = []
      for (const way of ['short', 'long'] as const) {
        const browser = await given.browser(user)
        const ask = await prepare(await tokenOf(party, {}, browser))
        const heard = await toldDuring(async () => {
          answers.push(await seenIn(node, await answerBy(way, node, ask)))
        })
        expect(heard, `${name}, ${way}`).toEqual(told)
      }
      expect(answers[0], name).toEqual(answers[1])
      expect(answers[0], name).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    }
  })

  test('is refused for a token that is bound to a key', async ({ node, given }) => {
    const { clientOf, browser } = await situation(node, given)
    const party = await clientOf(PUBLIC)
    const { params, verifier } = await authorize(party, browser)
    const proof = await dpopProof(node)
    const redeemed = await redeem(party, params.get('code') ?? '', verifier, {
      dpop: await proof(),
    })
    const token = String(redeemed.body.refresh_token)
    expect(await compared(node, { 'without the key': askOf(party, token) })).toEqual([])
    expect((await refresh(party, token)).body.error).toBe('invalid_grant')
    expect((await refresh(party, token, {}, { dpop: await proof() })).status).toBe(200)
  })

  onStage('is refused when its session ends while it is made', async ({ stage }) => {
    const answers: unknown[] = []
    for (const way of ['short', 'long'] as const) {
      const place = await placeOn(stage)
      const tokens = await redeemed(place, await place.ask())
      const held = stage.proxy.hold('families_advance')
      const told = await toldDuring(async () => {
        const asked = answerBy(way, stage.node, askOf(place.party, tokens.refresh!))
        await held.reached
        await endSession(stage.ender, await sessionOf(place), {
          cause: 'administrator',
          by: OPERATOR,
        })
        held.release()
        const answer = await asked
        expect(answer.short).toBe(way === 'short')
        answers.push(await seenIn(stage.node, answer))
      })
      expect(told).toEqual(['refused'])
    }
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'grant request is invalid' },
    })
  })

  test('is a use of the session', async ({ node, given, pass }) => {
    const { clientOf, tokenOf, user } = await situation(node, given)
    const party = await clientOf()
    const token = await tokenOf(party)
    const lastSeen = async () => {
      await node.services.activity.flush()
      const [session] = await liveSessionsOf(node.services.db, user.id)
      return session!.lastSeenAt.getTime()
    }
    const before = await lastSeen()
    await pass('1m')

    await answerBy('short', node, { ...askOf(party, token), headers: basic(party.clientId, 'x') })
    expect(await lastSeen()).toBe(before - 60_000)
    await answerBy('short', node, askOf(party, token))
    expect(await lastSeen()).toBeGreaterThan(before)
  })

  test('lives no longer than its session', async ({ node, given }) => {
    const { clientOf, tokenOf } = await situation(node, given)
    const party = await clientOf()
    const token = await tokenOf(party)
    await node.services.pool.query(
      "UPDATE session SET absolute_end_at = now() + interval '100 seconds'",
    )
    const { short, text } = await answerBy('short', node, askOf(party, token))
    expect(short).toBe(true)
    expect(JSON.parse(text).expires_in).toBeGreaterThan(90)
    expect(JSON.parse(text).expires_in).toBeLessThanOrEqual(100)
  })
})

/** Another person at the same client. */
async function strangerAt(given: Given, party: Party & Client) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  await given.consent(user, workspace, party, { openid: ['openid'], resources: {} })
  const token = async () => {
    const { body } = await signIn(party, await given.browser(user), { scope: 'openid' })
    return String(body.refresh_token)
  }
  return { user, token }
}

async function dpopProof({ issuer }: Node) {
  const keys = await generateKeyPair('ES256')
  const jwk = await exportJWK(keys.publicKey)
  return () =>
    new SignJWT({ htm: 'POST', htu: `${issuer}/oauth2/token`, jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(keys.privateKey)
}
