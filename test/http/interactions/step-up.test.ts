import { addApp, codeOf, levelsOf, logInAtHome, secured, typed } from './factors.ts'
import { claimsOf, expect, type House, PASSWORD, REDIRECT, test, toldTo } from './house.ts'
import { fieldOf, type Visitor, wordsOf } from './visitor.ts'

const AAL1 = 'urn:sojourn:aal1'
const AAL2 = 'urn:sojourn:aal2'
const asked = { acr_values: AAL2 }
const essential = (acr: object) => ({ claims: JSON.stringify({ id_token: { acr } }) })

test.describe('a request for two factors', () => {
  test('asks a fresh login for the second one only, and raises it', async ({ house, database }) => {
    const { visitor, notes, secret } = await half(house)
    const { rows: before } = await database.pool.query(
      'SELECT id, auth_time FROM login WHERE ended_at IS NULL',
    )
    const cookie = visitor.cookie(house.cookieName)
    const { seen, verifier } = await house.arrive(visitor, notes, asked)
    expect(wordsOf(seen.text)).toContain('This needs your second factor too.')
    expect(seen.text).not.toContain('type="password"')

    const { code = '' } = toldTo(await visitor.press(seen, 'Confirm', { code: codeOf(secret) }))
    const { id_token, access_token, ...tokens } = await house.redeem(notes, { code, verifier })
    const proven = { acr: AAL2, amr: ['pwd', 'otp', 'mfa'] }
    expect(claimsOf(id_token)).toMatchObject(proven)
    expect(await levelsOf(house)).toEqual([proven])
    // The moment of authentication is that of the password; the cookie is a new one.
    const { rows: after } = await database.pool.query(
      'SELECT id, auth_time FROM login WHERE ended_at IS NULL',
    )
    expect(after).toEqual(before)
    expect(visitor.cookie(house.cookieName)).not.toBe(cookie)

    const told = await introspected(house, notes, access_token)
    expect(told).toMatchObject({ active: true, ...proven })
    expect(told.auth_time).toBe(Math.floor(before[0].auth_time.getTime() / 1000))
    expect(tokens.status).toBe(200)
  })

  test('is answered silently once it was met', async ({ house }) => {
    const { visitor, notes, secret } = await half(house)
    const silent = { ...asked, prompt: 'none' }
    const first = await house.arrive(visitor, notes, silent)
    expect(toldTo(first.seen)).toMatchObject({ error: 'login_required' })

    const { seen } = await house.arrive(visitor, notes, asked)
    await visitor.press(seen, 'Confirm', { code: codeOf(secret) })
    expect(toldTo((await house.arrive(visitor, notes, silent)).seen)).toHaveProperty('code')
  })

  test('asks for the password as well when the login is not fresh any more', async ({
    house,
    pass,
  }) => {
    const { visitor, notes, secret } = await half(house)
    await pass('11m')
    const { seen } = await house.arrive(visitor, notes, asked)
    expect(wordsOf(seen.text)).toContain('Confirm it is you')
    const second = await visitor.press(seen, 'Confirm', { password: PASSWORD })
    const left = await visitor.press(second, 'Confirm', { code: codeOf(secret) })
    expect(toldTo(left)).toHaveProperty('code')
  })

  test('is not met by a code that comes when the login is not fresh any more', async ({
    house,
    pass,
  }) => {
    const { visitor, notes, secret } = await half(house)
    const { seen } = await house.arrive(visitor, notes, asked)
    await pass('9m')
    const first = await visitor.press(seen, 'Confirm', { code: '000000' })
    expect(wordsOf(first.text)).toContain('That code is not right')
    await pass('59s')
    const { services } = house.app
    await services.pool.query(`UPDATE login SET auth_time = auth_time - interval '2 minutes'`)
    await visitor.press(first, 'Confirm', { code: codeOf(secret) })
    expect(await levelsOf(house)).toEqual([{ acr: AAL1, amr: ['pwd'] }])
  })

  test('makes no session before it is met', async ({ house }) => {
    const { visitor, notes } = await half(house)
    await house.arrive(visitor, notes, asked)
    expect(await house.app.services.db.prisma.session.count()).toBe(0)
  })

  test('lets somebody without a second factor add one on the way', async ({ house }) => {
    const { visitor, notes } = await guest(house)
    const { seen, verifier } = await house.arrive(visitor, notes, asked)
    expect(wordsOf(seen.text)).toContain('A second factor is needed')
    const [, address = ''] = /href="([^"]*authenticator[^"]*)"/.exec(seen.text) ?? []
    const { seen: codes } = await addApp(visitor, address)
    const [, back = ''] = /href="(\/interaction\/[^"]+)"/.exec(codes.text) ?? []
    expect(back).toBe(new URL(seen.address).pathname)

    const { code = '' } = toldTo(await visitor.get(back))
    const tokens = await house.redeem(notes, { code, verifier })
    expect(claimsOf(tokens.id_token)).toMatchObject({ acr: AAL2, amr: ['pwd', 'otp', 'mfa'] })
  })

  test('sends back who will not', async ({ house }) => {
    const { visitor, notes } = await guest(house)
    const { seen } = await house.arrive(visitor, notes, asked)
    const left = await visitor.press(seen, 'Not now')
    expect(toldTo(left)).toMatchObject({ error: 'unmet_authentication_requirements' })
  })

  test('comes with the first login just as well', async ({ house }) => {
    const { person, secret } = await secured(house)
    const notes = await house.client()
    await house.consent(person, await house.workspace('Old Mill', person), notes)
    const visitor = house.visitor()
    const { seen } = await house.arrive(visitor, notes, asked)
    const second = await visitor.press(seen, 'Log in', typed())
    const left = await visitor.press(second, 'Confirm', { code: codeOf(secret) })
    expect(toldTo(left)).toHaveProperty('code')
  })
})

test.describe('a request for a level', () => {
  test('that is not known here is refused at once, silent or not', async ({ house }) => {
    const { visitor, notes } = await guest(house)
    for (const params of [
      { acr_values: 'urn:example:gold' },
      { acr_values: 'urn:example:gold', prompt: 'none' },
      essential({ essential: true, value: 'urn:example:gold' }),
    ])
      expect(toldTo((await house.arrive(visitor, notes, params)).seen)).toMatchObject({
        error: 'unmet_authentication_requirements',
      })
  })

  test('among others that are not known is answered by the one that is', async ({ house }) => {
    const { visitor, notes } = await guest(house)
    const params = { acr_values: `urn:example:gold ${AAL1}`, prompt: 'none' }
    expect(toldTo((await house.arrive(visitor, notes, params)).seen)).toHaveProperty('code')
  })

  test('that is only wished for asks nobody for anything', async ({ house }) => {
    const { visitor, notes } = await guest(house)
    const params = { ...essential({ values: [AAL2] }), prompt: 'none' }
    expect(toldTo((await house.arrive(visitor, notes, params)).seen)).toHaveProperty('code')
  })

  test('as an essential claim is required', async ({ house }) => {
    const { visitor, notes } = await guest(house)
    for (const acr of [{ value: AAL2 }, { values: [AAL2] }]) {
      const params = { ...essential({ ...acr, essential: true }), prompt: 'none' }
      const { seen } = await house.arrive(visitor, notes, params)
      expect(toldTo(seen)).toMatchObject({ error: 'login_required' })
    }
  })

  test('as an essential claim is not softened by acr_values beside it', async ({ house }) => {
    const { visitor, notes } = await guest(house)
    const claims = essential({ essential: true, value: AAL2 })
    const params = { ...claims, acr_values: AAL1, prompt: 'none' }
    const { seen } = await house.arrive(visitor, notes, params)
    expect(toldTo(seen)).toMatchObject({ error: 'login_required' })
  })

  test('is required in a pushed request as well', async ({ house }) => {
    const { visitor, notes } = await guest(house)
    const pushed = await asClient(house, notes, '/oauth2/par', {
      client_id: notes.clientId,
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
      prompt: 'none',
      ...essential({ essential: true, value: AAL2 }),
    })
    const params = { client_id: notes.clientId, request_uri: String(pushed.request_uri) }
    const seen = await visitor.get(`/oauth2/authorize?${new URLSearchParams(params)}`)
    expect(toldTo(seen)).toMatchObject({ error: 'login_required' })
  })

  test('below the one that was proven is told as it was asked for, where that is essential', async ({
    house,
  }) => {
    const { person, secret } = await secured(house)
    const notes = await house.client()
    await house.consent(person, await house.workspace('Old Mill', person), notes)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    const told: unknown[] = []
    for (const params of [{ acr_values: AAL1 }, essential({ essential: true, value: AAL1 })]) {
      const { seen, verifier } = await house.arrive(visitor, notes, params)
      const { code = '' } = toldTo(seen)
      told.push(claimsOf((await house.redeem(notes, { code, verifier })).id_token).acr)
    }
    expect(told).toEqual([AAL2, AAL1])
  })

  test('that is malformed is refused', async ({ house }) => {
    const { visitor, notes } = await guest(house)
    for (const acr of ['aal2', { essential: 'yes' }, { values: AAL2 }, { value: 2 }]) {
      const { seen } = await house.arrive(visitor, notes, essential(acr as object))
      expect(toldTo(seen)).toMatchObject({ error: 'invalid_request' })
    }
  })

  test('beside other claims asks for no consent to them', async ({ house }) => {
    const { visitor, notes } = await guest(house)
    const claims = JSON.stringify({
      userinfo: { email: { essential: true } },
      id_token: { phone_number: null, auth_time: { essential: true } },
    })
    const { seen } = await house.arrive(visitor, notes, { claims, prompt: 'none' })
    expect(toldTo(seen)).toHaveProperty('code')
  })
})

test.describe('max_age', () => {
  test('is not met by a code alone, whatever a browser posts', async ({ house, pass }) => {
    const { visitor, notes, secret } = await half(house)
    await pass('3m')
    for (const params of [{ max_age: '120', ...asked }, { prompt: 'login' }]) {
      const { seen } = await house.arrive(visitor, notes, params)
      expect(seen.text).toContain('type="password"')
      const path = new URL(seen.address).pathname
      const csrf = fieldOf(seen.text, 'csrf')
      const page = await visitor.post(`${path}/factor`, { csrf, code: codeOf(secret) })
      expect(page.leftTo).toBeNull()
    }
    expect(await levelsOf(house)).toEqual([{ acr: AAL1, amr: ['pwd'] }])
  })

  test('is not met by a page that was open for too long', async ({ house, database }) => {
    const { visitor, notes, secret } = await half(house)
    const { seen } = await house.arrive(visitor, notes, { max_age: '120', ...asked })
    await database.pool.query(`UPDATE login SET auth_time = auth_time - interval '3 minutes'`)
    const page = await visitor.press(seen, 'Confirm', { code: codeOf(secret) })
    expect(page.leftTo).toBeNull()
    expect(await levelsOf(house)).toEqual([{ acr: AAL1, amr: ['pwd'] }])
  })

  test('asks for the whole proof anew, and is told when it was', async ({ house, pass }) => {
    const { person, secret } = await secured(house)
    const notes = await house.client()
    await house.consent(person, await house.workspace('Old Mill', person), notes)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    await pass('3m')
    const params = { max_age: '120', ...asked }
    expect(toldTo((await house.arrive(visitor, notes, { max_age: '240' })).seen)).toHaveProperty(
      'code',
    )
    const { seen, verifier } = await house.arrive(visitor, notes, params)
    expect(seen.text).toContain('type="password"')
    const second = await visitor.press(seen, 'Confirm', { password: PASSWORD })
    const left = await visitor.press(second, 'Confirm', { code: codeOf(secret, 30) })
    const { code = '' } = toldTo(left)
    const claims = claimsOf((await house.redeem(notes, { code, verifier })).id_token)
    expect(claims).toMatchObject({ acr: AAL2 })
    expect(Math.floor(Date.now() / 1000) - Number(claims.auth_time)).toBeLessThan(60)
  })
})

test.describe('a refresh', () => {
  test('tells the level of the session as it is now, and no other', async ({ house }) => {
    const { person, secret } = await secured(house)
    const notes = await house.client()
    await house.consent(person, await house.workspace('Old Mill', person), notes)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    const { seen, verifier } = await house.arrive(visitor, notes)
    const { code = '' } = toldTo(seen)
    const first = await house.redeem(notes, { code, verifier })
    const { pool } = house.app.services
    // What no level stands behind any more: the token was made when there was one.
    await pool.query(`UPDATE login SET acr = $1, amr = '{pwd}'`, [AAL1])
    const second = await refreshed(house, notes, first.refresh_token)
    expect(claimsOf(second.id_token)).toMatchObject({ acr: AAL1, amr: ['pwd'] })
    expect(await introspected(house, notes, second.access_token)).toMatchObject({ acr: AAL1 })
    await pool.query(`UPDATE login SET acr = $1, amr = '{pwd,otp,mfa}'`, [AAL2])
    const third = await refreshed(house, notes, second.refresh_token)
    expect(claimsOf(third.id_token)).toMatchObject({ acr: AAL2, amr: ['pwd', 'otp', 'mfa'] })
  })

  test('in an offline session tells no level, for nobody is there', async ({ house }) => {
    const { person, secret } = await secured(house)
    const notes = await house.client()
    const scopes = { openid: ['openid', 'offline_access'], resources: {} }
    await house.consent(person, await house.workspace('Old Mill', person), notes, scopes)
    const visitor = house.visitor()
    await logInAtHome(visitor, codeOf(secret))
    const params = { scope: 'openid offline_access', prompt: 'consent' }
    const { seen, verifier } = await house.arrive(visitor, notes, params)
    const { code = '' } = toldTo(await visitor.press(seen, 'Allow'))
    const first = await house.redeem(notes, { code, verifier })
    const { auth_time } = claimsOf(first.id_token)
    expect(claimsOf(first.id_token)).toMatchObject({ acr: AAL2 })

    const second = await refreshed(house, notes, first.refresh_token)
    expect(claimsOf(second.id_token)).not.toHaveProperty('acr')
    expect(claimsOf(second.id_token)).toMatchObject({ auth_time })
    expect(await introspected(house, notes, second.access_token)).not.toHaveProperty('acr')
  })
})

type Notes = Awaited<ReturnType<House['client']>>

/** Ada in Notes, who has only a password, and is logged in. */
async function guest(house: House) {
  const person = await house.user('ada')
  const notes = await house.client()
  await house.consent(person, await house.workspace('Old Mill', person), notes)
  const visitor: Visitor = house.visitor()
  await logInAtHome(visitor)
  return { person, notes, visitor }
}

/** The same, whose account got an authenticator app by another login meanwhile. */
async function half(house: House) {
  const { person, notes, visitor } = await guest(house)
  const other = house.visitor()
  await logInAtHome(other)
  const { secret } = await addApp(other)
  const { pool } = house.app.services
  await pool.query('UPDATE factor SET last_step = 0')
  await pool.query(
    `UPDATE login SET ended_at = now(), end_cause = 'logout', secret_wrapped = NULL,
    context_sealed = NULL, cookie_hash = NULL, prior_cookie_hash = NULL WHERE acr = $1`,
    [AAL2],
  )
  return { person, notes, visitor, secret }
}

async function asClient(house: House, notes: Notes, path: string, form: Record<string, string>) {
  const credentials = Buffer.from(`${notes.clientId}:${notes.secret}`).toString('base64')
  const response = await fetch(`${house.app.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams(form),
  })
  return (await response.json()) as Record<string, unknown>
}

function introspected(house: House, notes: Notes, token: string) {
  return asClient(house, notes, '/oauth2/introspect', { token })
}

async function refreshed(house: House, notes: Notes, token: string) {
  const form = { grant_type: 'refresh_token', refresh_token: token }
  return (await asClient(house, notes, '/oauth2/token', form)) as Record<
    'id_token' | 'access_token' | 'refresh_token',
    string
  >
}
