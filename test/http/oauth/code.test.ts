import { disableClient } from '../../../src/access/disable-client.ts'
import { disableUser } from '../../../src/access/disable-user.ts'
import type { Client } from '../../../src/clients/client.ts'
import { endSession } from '../../../src/sessions/ending/end.ts'
import { liveSessionsOf } from '../../../src/sessions/session-store.ts'
import { codeReader, presentCode, sealCode } from '../../../src/sessions/tokens/redeem-code.ts'
import { heldIn, type Place, placeOn, sessionOf } from '../../sessions/place.ts'
import { test as onStage } from '../../sessions/stage.ts'
import { authorize, introspect, type Party, redeem, refresh } from '../../support/relying-party.ts'
import { expect, type Given, type Node, test } from '../../support/world.ts'
import { type Ask, answerBy, basic, formOf, seenIn } from './both-ways.ts'

const OPERATOR = { kind: 'operator' } as const
const REDIRECT = 'https://rp.example/callback'
const ALL = 'openid profile email phone address'
const PUBLIC = { token_endpoint_auth_method: 'none' }

interface Code {
  readonly code: string
  readonly verifier: string
}

async function situation(node: Node, given: Given) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  const browser = await given.browser(user)
  const partyOf = async (metadata: object = {}) => {
    const client = await given.client(metadata)
    const openid = [...ALL.split(' '), 'offline_access']
    await given.consent(user, workspace, client, { openid, resources: {} })
    return { issuer: node.issuer, ...client }
  }
  const codeOf = async (party: Party, asked: Record<string, string> = {}): Promise<Code> => {
    const { params, verifier } = await authorize(party, browser, { scope: ALL, ...asked })
    const code = params.get('code')
    if (!code) throw new Error(String(params))
    return { code, verifier }
  }
  return { user, workspace, browser, partyOf, codeOf }
}

function askOf(party: Party, { code, verifier }: Code, fields: Record<string, string> = {}): Ask {
  const given = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT }
  const form = { ...given, code_verifier: verifier, ...fields }
  return party.secret
    ? { headers: basic(party.clientId, party.secret), body: formOf(form) }
    : { body: formOf({ ...form, client_id: party.clientId }) }
}

type Way = 'short' | 'long'

/** A code has one redemption: each way gets a code of its own, of the same request. */
async function bothWays(node: Node, askFor: (way: Way) => Promise<Ask>) {
  const seen: Record<Way, unknown> = { short: null, long: null }
  const told = { short: false, texts: [] as string[] }
  for (const way of ['short', 'long'] as const) {
    const answer = await answerBy(way, node, await askFor(way))
    if (way === 'short') told.short = answer.short
    told.texts.push(answer.text)
    seen[way] = withoutFamily(await seenIn(node, answer))
  }
  return { ours: seen.short, library: seen.long, ...told }
}

/** Of two redemptions, each begets a family of its own. */
function withoutFamily(seen: Awaited<ReturnType<typeof seenIn>>) {
  const text = JSON.stringify(seen)
  return JSON.parse(
    text
      .replace(/srt_[0-9a-z]+\.0\.[\w.-]+/g, 'srt')
      .replace(/"(f|family_id)":"[^"]+"/g, '"family":"#"'),
  ) as typeof seen
}

/** What is asked at the authorization. */
const KINDS: Readonly<Record<string, Record<string, string>>> = {
  plain: {},
  'with a nonce': { nonce: 'n-1' },
  'with a nonce and the time': { nonce: 'n-1', max_age: '3600' },
  'with its level': { acr_values: 'urn:sojourn:aal1' },
  narrow: { scope: 'openid' },
  'in another order': { scope: 'email openid profile' },
}

test.describe('a code by the short way', () => {
  for (const [who, metadata] of [
    ['confidential', {}],
    ['posting', { token_endpoint_auth_method: 'client_secret_post' }],
    ['public', PUBLIC],
    ['pairwise', { subject_type: 'pairwise' }],
    ['RS256', { id_token_signed_response_alg: 'RS256' }],
  ] as const)
    test(`gives a ${who} client what the library gives it`, async ({ node, given }) => {
      const { partyOf, codeOf } = await situation(node, given)
      const party = await partyOf(metadata)
      for (const [kind, asked] of Object.entries(KINDS)) {
        const { ours, library, short, texts } = await bothWays(node, async () =>
          askOf(party, await codeOf(party, asked)),
        )
        expect(ours, kind).toEqual(library)
        expect({ short, ...(ours as object) }, kind).toMatchObject({ short: true, status: 200 })

        const refreshes: unknown[] = []
        for (const text of texts) {
          const form = {
            grant_type: 'refresh_token',
            refresh_token: JSON.parse(text).refresh_token,
          }
          const ask = party.secret
            ? { headers: basic(party.clientId, party.secret), body: formOf(form) }
            : { body: formOf({ ...form, client_id: party.clientId }) }
          // The library reads in the family what either way has sealed there.
          const answer = withoutFamily(await seenIn(node, await answerBy('long', node, ask)))
          refreshes.push(JSON.parse(JSON.stringify(answer).replace(/srt_[\w.-]+/g, 'srt')))
        }
        expect(refreshes[0], kind).toEqual(refreshes[1])
        expect(refreshes[0], kind).toMatchObject({ status: 200 })
      }
    })

  test('gives tokens that work', async ({ node, given }) => {
    const { partyOf, codeOf } = await situation(node, given)
    const party = await partyOf()
    const { short, text } = await answerBy('short', node, askOf(party, await codeOf(party)))
    expect(short).toBe(true)
    const body = JSON.parse(text)
    expect(Object.keys(body)).toEqual([
      ...['access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'token_type'],
    ])
    expect((await introspect(party, body.access_token)).body).toMatchObject({
      active: true,
      client_id: party.clientId,
      scope: body.scope,
    })
    expect(body.scope.split(' ').sort()).toEqual(ALL.split(' ').sort())
    expect((await refresh(party, body.refresh_token)).status).toBe(200)
  })

  test('is refused, or given, as the library does it', async ({ node, given }) => {
    const { partyOf, codeOf } = await situation(node, given)
    const { services } = node
    const party = await partyOf()
    const other = await partyOf()
    const open = await partyOf(PUBLIC)
    const { clientId: id, secret } = party
    const with_ = (fields: Record<string, string>) => async () =>
      askOf(party, await codeOf(party), fields)
    const headed = (headers: Record<string, string>) => async () => {
      const ask = askOf(party, await codeOf(party))
      return { ...ask, headers: { ...ask.headers, ...headers } }
    }
    const tailed = (tail: string) => async () => {
      const { headers = {}, body } = askOf(party, await codeOf(party))
      return { headers, body: body + tail }
    }
    const changed = (metadata: object) => async () => {
      const client = await partyOf()
      const code = await codeOf(client)
      await services.pool.query(
        'UPDATE client SET metadata = metadata || $2::jsonb WHERE client_id = $1',
        [client.clientId, JSON.stringify(metadata)],
      )
      return { ask: askOf(client, code), client: client.clientId }
    }
    const asked = (params: Record<string, string>) => async () =>
      askOf(party, await codeOf(party, params))
    const used = async () => {
      const code = await codeOf(party)
      await redeem(party, code.code, code.verifier)
      return askOf(party, code)
    }
    const late = async () => {
      const code = await codeOf(party)
      await redeem(party, code.code, code.verifier)
      await services.pool.query(
        `UPDATE artifact SET consumed_at = consumed_at - interval '6 seconds'
         WHERE model = 'AuthorizationCode' AND consumed_at IS NOT NULL`,
      )
      return askOf(party, code)
    }
    const asks: Record<string, () => Promise<Ask>> = {
      'the secret in the form': async () => {
        const { body } = askOf(party, await codeOf(party))
        return { body: `${body}&${formOf({ client_id: id, client_secret: String(secret) })}` }
      },
      'a field that it has no use for': with_({ state: 'x' }),
      'no secret': async () => ({
        body: `${askOf(party, await codeOf(party)).body}&client_id=${id}`,
      }),
      'a wrong secret': async () => ({
        ...askOf(party, await codeOf(party)),
        headers: basic(id, 'x'),
      }),
      'another client': async () => askOf(other, await codeOf(party)),
      'another, public client': async () => askOf(open, await codeOf(party)),
      'a public client with a secret': async () => ({
        headers: basic(open.clientId, 'x'),
        body: askOf(open, await codeOf(open)).body,
      }),
      'another verifier': with_({ code_verifier: 'a'.repeat(43) }),
      'a short verifier': with_({ code_verifier: 'a' }),
      'a long verifier': with_({ code_verifier: 'a'.repeat(129) }),
      'an empty verifier': with_({ code_verifier: '' }),
      'another address': with_({ redirect_uri: `${REDIRECT}/` }),
      'no address': with_({ redirect_uri: '' }),
      'an unknown code': with_({ code: 'x' }),
      'a code with padding': async () => {
        const { code, verifier } = await codeOf(party)
        return askOf(party, { code: `${code}=`, verifier })
      },
      'a null byte': with_({ code: 'x\0' }),
      'no code': with_({ code: '' }),
      'a scope': with_({ scope: 'openid' }),
      'an API': with_({ resource: 'https://nowhere.example/' }),
      'two codes': tailed('&code=x'),
      'the kind twice': tailed('&grant_type=authorization_code'),
      'another kind': with_({ grant_type: 'refresh_token' }),
      'an assertion': with_({ client_assertion: 'a.b.c' }),
      'an origin': headed({ origin: 'https://rp.example' }),
      'a broken proof': headed({ dpop: 'x' }),
      'used a moment ago': used,
      'used some time ago': late,
      'bound to a key that is not shown': asked({ dpop_jkt: 'a'.repeat(43) }),
      'for a name in claims': asked({
        claims: JSON.stringify({ id_token: { auth_time: { essential: true } } }),
      }),
    }
    const decided: string[] = []
    for (const [name, askFor] of Object.entries(asks)) {
      const { ours, library, short } = await bothWays(node, askFor)
      expect(ours, name).toEqual(library)
      const { status } = ours as { status: number }
      expect(status, name).toBeLessThan(500)
      if (short) decided.push(`${name}: ${status}`)
    }
    expect(decided).toEqual([
      'the secret in the form: 200',
      'a field that it has no use for: 200',
      'for a name in claims: 200',
    ])

    for (const [name, metadata] of Object.entries({
      'may not any more': { grant_types: ['refresh_token'] },
      'gets no refresh token': { grant_types: ['authorization_code'] },
      'is public now': PUBLIC,
      'uses its key now': {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: 'https://rp.example/jwks',
      },
      'must bring a proof': { dpop_bound_access_tokens: true },
      'has a secret that has run out': { client_secret_expires_at: 1 },
    })) {
      const seen: string[] = []
      const { short } = await bothWays(node, async () => {
        const { ask, client } = await changed(metadata)()
        seen.push(client)
        return ask
      })
      expect(short, name).toBe(false)
    }
  })

  test('is refused when its time is over', async ({ node, given }) => {
    const { partyOf, codeOf } = await situation(node, given)
    const { services } = node
    const deps = { ...services, codes: codeReader(services.db) }
    const party = await partyOf()
    const code = await codeOf(party)
    const { check, payload } = (await presentCode(deps, code.code))!
    const exp = Math.floor(Date.now() / 1000)
    for (const [left, status] of [
      [0, 400],
      [60, 200],
    ] as const) {
      const sealed = { epoch: check.epoch, payload: { ...payload, exp: exp + left } }
      const { hash, payloadSealed } = sealCode(services, code.code, sealed)
      await services.pool.query('UPDATE artifact SET payload_sealed = $2 WHERE hash = $1', [
        hash,
        payloadSealed,
      ])
      expect((await answerBy('short', node, askOf(party, code))).status).toBe(status)
    }
  })

  test('is refused when nothing stands behind it', async ({ node, given }) => {
    const { partyOf, user } = await situation(node, given)
    const { services } = node
    const ends: Record<string, (party: Party & { id: Client['id'] }) => Promise<unknown>> = {
      'the session has ended': async () => {
        for (const { id } of await liveSessionsOf(services.db, user.id))
          await endSession(services, id, { cause: 'administrator', by: OPERATOR })
      },
      'the client is disabled': (party) => disableClient(services, party.id, OPERATOR),
      'the person is disabled': () => disableUser(services, user.id, OPERATOR),
    }
    for (const [name, end] of Object.entries(ends)) {
      const party = await partyOf()
      const browser = await given.browser(user)
      const { params, verifier } = await authorize(party, browser, { scope: ALL })
      const code = { code: String(params.get('code')), verifier }
      await end(party)
      const answers: unknown[] = []
      for (const way of ['short', 'long'] as const)
        answers.push(await seenIn(node, await answerBy(way, node, askOf(party, code))))
      expect(answers[0], name).toEqual(answers[1])
      expect(answers[0], name).toMatchObject({ status: expect.any(Number) })
      expect((answers[0] as { status: number }).status, name).toBeGreaterThanOrEqual(400)
    }
    const { rows } = await services.pool.query('SELECT 1 FROM family')
    expect(rows).toEqual([])
  })

  onStage('is refused when its session ends while it is redeemed', async ({ stage }) => {
    const place: Place = await placeOn(stage)
    const { code } = heldIn(await place.ask())
    const held = stage.proxy.hold('code_redeem')
    const answer = redeem(place.party, code!.code, code!.verifier)
    await held.reached
    await endSession(stage.ender, await sessionOf(place), { cause: 'administrator', by: OPERATOR })
    held.release()
    expect(await answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const { rows } = await stage.database.pool.query('SELECT 1 FROM family')
    expect(rows).toEqual([])
  })
})
