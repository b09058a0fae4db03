import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { type Browserless, expect, test } from './demo-test.ts'
import type { SmallProvider } from './small-provider.ts'

const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} }
const now = () => Math.floor(Date.now() / 1000)

/** A good token, with changes; a claim set to undefined is absent. */
function claims(provider: SmallProvider, changes: object = {}) {
  return {
    iss: provider.issuer,
    aud: 'notes',
    iat: now(),
    exp: now() + 120,
    jti: crypto.randomUUID(),
    sub: 'ada',
    events: EVENTS,
    ...changes,
  }
}

async function post(app: string, token: string) {
  const answer = await fetch(`${app}/backchannel-logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: token }),
  })
  const text = await answer.text()
  return { answer, error: text && JSON.parse(text) }
}

async function sidOf(browserless: Browserless, app: string): Promise<string> {
  const page = await browserless.page(`${app}/`)
  return page.match(/<code>([^<]+)<\/code>/)![1]!
}

test.describe('a logout token', () => {
  for (const [name, changes] of [
    ['that names the session', { sub: undefined }],
    ['that names the person', { sid: undefined }],
    ['that names both', {}],
    ['for a list of one', { aud: ['notes'] }],
  ] as const) {
    test(`${name} ends the visit`, async ({ notes, browserless, provider }) => {
      await browserless.logIn(notes)
      const sid = await sidOf(browserless, notes)
      const token = await provider.sign(claims(provider, { sid, ...changes }))
      const { answer, error } = await post(notes, token)

      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(error).toBe('')
      expect(await browserless.page(`${notes}/`)).toContain('You were logged out')
    })
  }

  test('of another session ends nothing', async ({ notes, browserless, provider }) => {
    await browserless.logIn(notes)
    const token = await provider.sign(claims(provider, { sid: 'another' }))

    expect((await post(notes, token)).answer.status).toBe(200)
    expect(await browserless.page(`${notes}/`)).toContain('Ada Lovelace')
  })

  const refused = [
    ['with a nonce', { nonce: 'n' }, 'nonce_present'],
    ['for another application', { aud: 'billing' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['for several', { aud: ['notes', 'billing'] }, 'wrong_audience'],
    ['of another issuer', { iss: 'https://evil.example' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['without issuer', { iss: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['that has expired', { exp: now() - 60 }, 'ERR_JWT_EXPIRED'],
    ['that never expires', { exp: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['of the future', { iat: now() + 3600 }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['of yesterday', { iat: now() - 86_400 }, 'ERR_JWT_EXPIRED'],
    ['without a time', { iat: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['without an identifier', { jti: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['with an empty identifier', { jti: '' }, 'wrong_claim'],
    ['without events', { events: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['with another event', { events: { 'https://other.example': {} } }, 'event_missing'],
    ['with an event that is no object', { events: { [eventName()]: true } }, 'event_missing'],
    ['with a list of events', { events: [eventName()] }, 'event_missing'],
    ['that names nobody', { sub: undefined, sid: undefined }, 'nobody_named'],
    ['that names a number', { sid: 7 }, 'wrong_claim'],
  ] as const
  for (const [name, changes, reason] of refused) {
    test(`${name} is refused`, async ({ notes, browserless, provider }) => {
      await browserless.logIn(notes)
      const { answer, error } = await post(notes, await provider.sign(claims(provider, changes)))

      expect(answer.status).toBe(400)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(error).toEqual({ error: 'invalid_request', error_description: reason })
      expect(await browserless.page(`${notes}/`)).toContain('Ada Lovelace')
    })
  }

  for (const typ of ['at+jwt', 'dpop+jwt', undefined]) {
    test(`of type ${typ} is refused`, async ({ notes, provider }) => {
      const { answer, error } = await post(notes, await provider.sign(claims(provider), { typ }))
      expect([answer.status, error.error_description]).toEqual([400, 'wrong_type'])
    })
  }

  for (const typ of ['JWT', 'logout+jwt', 'application/logout+jwt', 'Logout+JWT']) {
    test(`of type ${typ} is obeyed`, async ({ notes, provider }) => {
      const { answer } = await post(notes, await provider.sign(claims(provider), { typ }))
      expect(answer.status).toBe(200)
    })
  }

  test('is good once', async ({ notes, browserless, provider }) => {
    const token = await provider.sign(claims(provider))
    const both = await Promise.all([post(notes, token), post(notes, token)])
    expect(both.map(({ answer }) => answer.status).sort()).toEqual([200, 400])

    await browserless.logIn(notes)
    const replayed = await post(notes, token)
    expect(replayed.error.error_description).toBe('replayed')
    expect(await browserless.page(`${notes}/`)).toContain('Ada Lovelace')
  })
})

test.describe('a signature', () => {
  test('by another key of the same name is refused', async ({ notes, provider }) => {
    const { privateKey } = await generateKeyPair('ES256')
    const { error } = await post(notes, await signedBy(privateKey, 'ES256', claims(provider)))
    expect(error.error_description).toBe('ERR_JWS_SIGNATURE_VERIFICATION_FAILED')
  })

  test('by a key that is not published is refused', async ({ notes, provider }) => {
    const token = await provider.sign(claims(provider), { kid: 'k2', typ: 'logout+jwt' })
    const { error } = await post(notes, token)
    expect(error.error_description).toBe('ERR_JWKS_NO_MATCHING_KEY')
  })

  test('by a key that the token brings along is refused', async ({ notes, provider }) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(publicKey)
    const { error } = await post(
      notes,
      await signedBy(privateKey, 'ES256', claims(provider), { jwk }),
    )
    expect(error.error_description).toBe('ERR_JWS_SIGNATURE_VERIFICATION_FAILED')
  })

  test('with our own secret is refused', async ({ notes, provider }) => {
    const secret = new TextEncoder().encode('notes secret +/%'.repeat(2))
    const { error } = await post(notes, await signedBy(secret, 'HS256', claims(provider)))
    expect(error.error_description).toBe('ERR_JOSE_ALG_NOT_ALLOWED')
  })

  test('that is missing is refused', async ({ notes, provider }) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = `${part({ alg: 'none', typ: 'logout+jwt' })}.${part(claims(provider))}.`
    const { error } = await post(notes, token)
    expect(error.error_description).toBe('ERR_JOSE_ALG_NOT_ALLOWED')
  })

  test('is not blamed when the keys cannot be had', async ({ notes, provider }) => {
    const token = await provider.sign(claims(provider))
    provider.settings.down = true
    expect((await post(notes, token)).answer.status).toBe(503)
    provider.settings.down = false
    expect((await post(notes, token)).answer.status).toBe(200)
  })
})

test.describe('the endpoint', () => {
  for (const [name, body, type] of [
    ['nothing', '', 'application/x-www-form-urlencoded'],
    ['garbage', 'logout_token=a.b.c', 'application/x-www-form-urlencoded'],
    ['two tokens', 'logout_token=a&logout_token=b', 'application/x-www-form-urlencoded'],
    ['JSON', '{"logout_token":"a"}', 'application/json'],
    ['a megabyte', `logout_token=${'x'.repeat(1_000_000)}`, 'application/x-www-form-urlencoded'],
  ] as const) {
    test(`answers ${name} with 400`, async ({ notes, browserless }) => {
      const answer = await browserless.request.post(`${notes}/backchannel-logout`, {
        data: body,
        headers: { 'content-type': type },
      })
      expect(answer.status()).toBe(400)
      expect(await answer.json()).toMatchObject({ error: 'invalid_request' })
    })
  }

  test('takes no GET', async ({ notes }) => {
    const answer = await fetch(`${notes}/backchannel-logout?logout_token=a.b.c`)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

function eventName(): string {
  return 'http://schemas.openid.net/event/backchannel-logout'
}

async function signedBy(
  key: CryptoKey | Uint8Array,
  alg: string,
  payload: object,
  header: object = {},
): Promise<string> {
  return new SignJWT({ ...payload })
    .setProtectedHeader({ alg, kid: 'k1', typ: 'logout+jwt', ...header })
    .sign(key)
}
