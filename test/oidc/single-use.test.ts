import { createResource } from '../../src/clients/create-resource.ts'
import {
  type Answer,
  authorize,
  introspect,
  type Party,
  post,
  redeem,
  refresh,
  revoke,
  signIn,
} from '../support/relying-party.ts'
import {
  expect,
  type Given,
  type House,
  inTurn,
  partyOf,
  personOf,
  scattered,
  signedIn,
  test,
} from './house.ts'
import { assertions, dpopProofs } from './proofs.ts'

test.describe('an authorization code', () => {
  test('redeemed 20 times at once has one winner, and a double click ends nothing', async ({
    house,
    given,
  }) => {
    const { user, party, browser } = await personOf(house, given)
    const { params, verifier } = await authorize(party, browser)
    const code = params.get('code')!

    const meeting = { at: 'code_redeem', count: 20 }
    const answers = await scattered(house, { party, count: 20, meeting }, (to) =>
      redeem(to, code, verifier),
    )

    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(19)
    expect((await house.database.pool.query(FAMILIES, [user.id])).rows).toHaveLength(1)
    expect((await refresh(party, String(won[0]!.body.refresh_token))).status).toBe(200)
    expect((await introspect(party, String(won[0]!.body.access_token))).body.active).toBe(true)
  })

  test('used again after 5 s ends the family born of it, and no other', async ({
    house,
    given,
  }) => {
    const { party, browser } = await personOf(house, given)
    const { params, verifier } = await authorize(party, browser)
    const code = params.get('code')!
    const stolen = await redeem(party, code, verifier)
    const sibling = await signIn(party, browser)
    await house.database.pass('6s')

    const again = await scattered(house, { party, count: 2 }, (to) => redeem(to, code, verifier))

    expect(again.map(({ body }) => body.error)).toEqual(Array(2).fill('invalid_grant'))
    expect((await refresh(party, String(stolen.body.refresh_token))).body.error).toBe(
      'invalid_grant',
    )
    expect((await introspect(party, String(stolen.body.access_token))).body.active).toBe(false)
    expect((await refresh(party, String(sibling.body.refresh_token))).status).toBe(200)
    expect((await introspect(party, String(sibling.body.access_token))).body.active).toBe(true)
  })

  test('is not burnt by a redemption that fails', async ({ house, given }) => {
    const { party, browser } = await personOf(house, given)
    const { params, verifier } = await authorize(party, browser)

    expect((await redeem(party, params.get('code')!, 'x'.repeat(43))).status).toBe(400)
    expect((await redeem(party, params.get('code')!, verifier)).status).toBe(200)
  })
})

const FAMILIES = `SELECT FROM family f JOIN session s ON s.id = f.session_id WHERE s.user_id = $1`

const SHOWN = { at: 'replay_insert', count: 5 }

test.describe('a proof that is shown five times at once', () => {
  test('counts once when it is a DPoP proof', async ({ house, given }) => {
    const { party, browser } = await personOf(house, given)
    const prove = await dpopProofs(house.issuer)
    const { params, verifier } = await authorize(party, browser)
    const first = await redeem(party, params.get('code')!, verifier, await prove())
    expect(first.body.token_type).toBe('DPoP')

    const proof = await prove()
    const answers = await scattered(house, { party, count: 5, meeting: SHOWN }, (to) =>
      refresh(to, String(first.body.refresh_token), {}, proof),
    )

    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ body }) => body.error === 'invalid_dpop_proof')).toHaveLength(4)
    const next = String(won[0]!.body.refresh_token)
    expect((await refresh(party, next, {}, await prove())).status).toBe(200)
  })

  test('counts once when it is a client assertion', async ({ house, given }) => {
    const { metadata, assertionOf } = await assertions()
    const client = await given.client({
      ...metadata,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })
    const party: Party = { issuer: house.issuer, clientId: client.clientId, secret: null }
    const ask = (to: Party, assertion: Record<string, string>) =>
      post(to, '/oauth2/token', { grant_type: 'client_credentials', ...assertion })

    const shown = await assertionOf(party)
    const answers = await scattered(house, { party, count: 5, meeting: SHOWN }, (to) =>
      ask(to, shown),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.error === 'invalid_client')).toHaveLength(4)

    const elsewhere = await ask(party, await assertionOf(party, `${house.issuer}/oauth2/token`))
    expect(elsewhere.body.error).toBe('invalid_client')
  })
})

test.describe('an access token', () => {
  for (const format of ['opaque', 'jwt'] as const)
    test(`(${format}) that was revoked is dead in every spelling, and its siblings live`, async ({
      house,
      given,
    }) => {
      const { party, access, refreshToken } = await tokensWithSpareBits(house, given, format)
      const sibling = await refresh(party, refreshToken)
      const spellings = spellingsOf(access)
      expect(new Set(spellings).size).toBe(6)
      const areActive = () =>
        Promise.all(spellings.map((one) => introspect(party, one).then(isActive)))
      expect(await areActive()).toEqual([true, ...Array(5).fill(false)])

      const revoked = spellings.map((one, at) => revoke(inTurn(house, party, at), one))
      expect((await Promise.all(revoked)).map(({ status }) => status)).toEqual(Array(6).fill(200))

      expect(await areActive()).toEqual(Array(6).fill(false))
      expect((await introspect(party, String(sibling.body.access_token))).body.active).toBe(true)
      const next = await refresh(party, String(sibling.body.refresh_token))
      expect((await introspect(party, String(next.body.access_token))).body.active).toBe(true)
    })

  test('is not revoked by another client', async ({ house, given }) => {
    const { party, tokens } = await signedIn(house, given)
    const stranger = partyOf(house, await given.client())

    expect((await revoke(stranger, tokens.access)).status).toBe(200)
    expect((await introspect(party, tokens.access)).body.active).toBe(true)
    expect((await introspect(stranger, tokens.access)).body).toEqual({ active: false })
  })

  test('dies with the refresh token that is revoked', async ({ house, given }) => {
    const { party, browser, tokens } = await signedIn(house, given)

    expect((await revoke(party, tokens.refresh)).status).toBe(200)

    expect((await introspect(party, tokens.access)).body.active).toBe(false)
    expect((await refresh(party, tokens.refresh)).body.error).toBe('invalid_grant')
    const again = await signIn(party, browser)
    expect((await introspect(party, String(again.body.access_token))).body.active).toBe(true)
  })
})

/** Tokens whose last letter holds bits that a decoder may overlook: of three lengths, one does. */
async function tokensWithSpareBits(house: House, given: Given, format: 'opaque' | 'jwt') {
  const { user, workspace, client, party, browser } = await personOf(house, given)
  const resource = `https://api.example/${client.clientId}`
  const description = { identifier: resource, name: 'API', scopes: ['read'], tokenFormat: format }
  await createResource(house.services.db, { description, clientId: client.id, by })
  const scopes = { openid: ['openid', 'profile', 'email'], resources: { [resource]: ['read'] } }
  await given.consent(user, workspace, client, scopes)

  for (const scope of ['openid', 'openid profile', 'openid email profile']) {
    const asked = format === 'jwt' ? { scope: `${scope} read`, resource } : { scope }
    const { body } = await signIn(party, browser, asked)
    const access = String(body.access_token)
    if (sealedPartOf(access).length % 4 !== 0)
      return { party, access, refreshToken: String(body.refresh_token) }
  }
  throw new Error('no token has spare bits')
}

const isActive = ({ body }: Answer) => body.active
const by = { kind: 'operator' } as const

function sealedPartOf(token: string): string {
  return token.split('.').at(-1) ?? ''
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The token itself, and five ways to write the same bytes that a lenient decoder takes for it. */
function spellingsOf(token: string): string[] {
  const withOtherBits = ALPHABET[ALPHABET.indexOf(token.at(-1) ?? '') ^ 1]
  const inOtherAlphabet = token.replaceAll('-', '+').replaceAll('_', '/')
  return [
    token,
    `${token}=`,
    `${token}==`,
    inOtherAlphabet,
    token.slice(0, -1) + withOtherBits,
    `${token}\n`,
  ]
}
