import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import { Redacted } from '../src/lib/redacted.ts'
import { scrub } from '../src/log/scrub.ts'
import { createLog, type Log } from '../src/log.ts'

const CANARY = 'c4n4ry-Zx81_q'

/** What one act of logging writes. */
function written(act: (log: Log) => void): string {
  const lines: string[] = []
  act(createLog('debug', { write: (line: string) => lines.push(line) }))
  return lines.join('')
}

function line(fields: object, message = 'something happened'): Record<string, unknown> {
  return JSON.parse(written((log) => log.info(fields, message)))
}

test.describe('logging', () => {
  test('writes one JSON object a line, with the time as text', () => {
    const entry = line({ route: '/oauth2/token', status: 200 }, 'answered')
    expect(entry).toMatchObject({ level: 30, route: '/oauth2/token', status: 200, msg: 'answered' })
    expect(entry.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  test('leaves what operators need', () => {
    const kept = {
      sessionId: 'ses_01',
      kid: 'k1',
      statusCode: 503,
      requestId: 'r-1',
      path: '/oauth2/authorize',
      at: new Date('2026-01-01T00:00:00Z'),
      cause: 'idle',
      ok: true,
    }
    expect(line(kept)).toMatchObject({ ...kept, at: '2026-01-01T00:00:00.000Z' })
  })

  test('keeps an error with its code, its stack and what caused it', () => {
    const cause = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED', port: 5432 })
    const entry = line({ err: new Error('no database', { cause }) })
    expect(entry.err).toMatchObject({
      type: 'Error',
      message: 'no database',
      stack: expect.stringContaining('log.test.ts'),
      cause: { message: 'connect failed', code: 'ECONNREFUSED', port: 5432 },
    })
  })

  test('adds the fields of a child to each line', () => {
    const text = written((log) => log.child({ requestId: 'r-7' }).warn({}, 'slow'))
    expect(JSON.parse(text)).toMatchObject({ requestId: 'r-7', msg: 'slow', level: 40 })
  })
})

const NAMES = [
  'authorization',
  'Authorization',
  'PROXY-AUTHORIZATION',
  'cookie',
  'Set-Cookie',
  'set_cookie',
  'password',
  'newPassword',
  'passwd',
  'pass_phrase',
  'token',
  'access_token',
  'refreshToken',
  'REFRESH-TOKEN',
  'id_token_hint',
  'logout_token',
  'registrationAccessToken',
  'code',
  'user_code',
  'deviceCode',
  'secret',
  'client_secret',
  'clientSecretHash',
  'client_assertion',
  'code_verifier',
  'DPoP',
  'dpop_proof',
  'private_key',
  'rootKeys',
  'key',
  'x-api-key',
  'private.jwk',
  'session secret',
  'ｐａｓｓｗｏｒｄ',
  'csrf',
  'otp',
]

test.describe('a secret', () => {
  for (const name of NAMES) {
    test(`named ${name} is never written`, () => {
      const shapes: object[] = [
        { [name]: CANARY },
        { deep: { deeper: [{ still: { [name]: { a: [CANARY] } } }] } },
        { map: new Map([[name, CANARY]]) },
        { pairs: [[name, CANARY]] },
        { rawHeaders: ['Host', 'id.example', name, CANARY] },
        { headers: [{ name, value: CANARY }] },
        { query: new URLSearchParams({ [name]: CANARY }) },
        { err: Object.assign(new Error('refused'), { [name]: CANARY }) },
        { err: new Error('a', { cause: new Error('b', { cause: { [name]: CANARY } }) }) },
        { err: new AggregateError([Object.assign(new Error('x'), { [name]: CANARY })]) },
        { body: JSON.stringify({ [name]: CANARY }) },
        { twice: JSON.stringify({ body: JSON.stringify({ [name]: CANARY }) }) },
      ]
      for (const shape of shapes) {
        const text = written((log) => log.child(shape).error(shape, 'x'))
        expect(text).not.toContain(CANARY)
        expect(text).toContain('[redacted]')
      }
    })
  }

  const texts = [
    `GET /oauth2/authorize?response_type=code&anything=${CANARY} failed`,
    `https://rp.example/cb?x=${CANARY}#y=${CANARY}`,
    `https://rp.example/cb#id=${CANARY}`,
    `postgres://sojourn:${CANARY}@db.example/sojourn refused`,
    `postgres://sojourn:a/${CANARY}@db.example/sojourn refused`,
    `grant_type=password&password=${CANARY}&username=ada`,
    `client_secret: "${CANARY} with a space"`,
    `Authorization: Bearer ${CANARY}`,
    `authorization header was bearer ${CANARY}`,
    `Cookie: a=1; __Host-sid=${CANARY}; b=2`,
    `{"refresh_token":"${CANARY}"}`,
    `{'password': '${CANARY}'}`,
    `{\\"password\\":\\"${CANARY}\\"}`,
    `SESSION_SECRET_KEY=${CANARY}`,
    `token srt_${CANARY}.3.aaaa.bbbb is old`,
    `token sat_01j.${CANARY} is over`,
    `the client sent scs_${CANARY}`,
    `registered with sit_${CANARY}`,
    `eyJhbGciOiJIUzI1NiJ9.${CANARY}.${CANARY} did not verify`,
  ]
  for (const text of texts) {
    test(`in a text such as "${text.slice(0, 40)}" is never written`, () => {
      const shapes = [
        { detail: text },
        { err: new Error(text) },
        { list: [{ text }] },
        { [text]: 1 },
      ]
      for (const shape of shapes)
        expect(written((log) => log.info(shape, 'x'))).not.toContain(CANARY)
      expect(written((log) => log.info({}, text))).not.toContain(CANARY)
      expect(written((log) => log.info(new Error(text), text))).not.toContain(CANARY)
    })
  }

  test('held by an address, a buffer or a closed box is never written', () => {
    const fields = {
      url: new URL(`https://a.example/p?x=${CANARY}`),
      bytes: Buffer.from(CANARY),
      box: new Redacted(CANARY),
      headers: new Headers({ cookie: CANARY }),
    }
    const text = written((log) => log.info(fields, 'x'))
    expect(text).not.toContain(CANARY)
    expect(text).not.toContain(Buffer.from(CANARY).toString('base64'))
    expect(JSON.parse(text)).toMatchObject({
      url: 'https://a.example/p?[redacted]',
      bytes: '[13 bytes]',
    })
  })

  test('in the code of an error is masked, an error code is not', () => {
    expect(line({ err: Object.assign(new Error('x'), { code: CANARY }) }).err).toMatchObject({
      code: '[redacted]',
    })
    expect(line({ err: Object.assign(new Error('x'), { code: '23505' }) }).err).toMatchObject({
      code: '23505',
    })
    expect(
      line({ err: Object.assign(new Error('x'), { code: 'session_ended' }) }).err,
    ).toMatchObject({ code: 'session_ended' })
  })
})

test.describe('a plain line', () => {
  test('says what the same fields say beside others that are not plain', () => {
    const names = fc.oneof(fc.constantFrom(...NAMES, 'value', 'name', 'a', 'toJSON'), fc.string())
    const values = fc.oneof(
      fc.constantFrom('POST', '/oauth2/token', 'eyJhbGciOi', `srt_${CANARY}`, '{"a":1}', '?a=b'),
      fc.string(),
      fc.integer(),
    )
    const lines = fc.dictionary(names, values, { maxKeys: 6, noNullPrototype: true })
    fc.assert(
      fc.property(lines, (fields) => {
        const beside = scrub({ ...fields, rest: {} }) as Record<string, unknown>
        expect({ ...(scrub(fields) as object), rest: {} }).toEqual(beside)
      }),
      { numRuns: 2_000 },
    )
  })

  test('is bounded in its width', () => {
    const wide = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`field${at}`, at]))
    expect(Object.keys(scrub(wide) as object)).toHaveLength(51)
  })
})

test.describe('a hostile value', () => {
  test('is logged in bounds: cycles, depth, width, length', () => {
    const cycle: Record<string, unknown> = { name: 'a' }
    cycle.self = cycle
    let deep: object = {}
    for (let level = 0; level < 5_000; level++) deep = { deep }
    const text = written((log) =>
      log.info({ cycle, deep, wide: Array(10_000).fill('x'), long: 'y'.repeat(1_000_000) }, 'x'),
    )
    expect(text.length).toBeLessThan(6_000)
    expect(text).toContain('[circular]')
  })

  test('that is wide at every depth is logged in bounds', () => {
    let wide: unknown = 'x'
    for (let level = 0; level < 7; level++) wide = Array(50).fill(wide)
    expect(written((log) => log.info({ wide }, 'x')).length).toBeLessThan(300_000)
  })

  test('that throws when it is read does not take the caller down', () => {
    const hostile = {
      get trap() {
        throw new Error('no')
      },
      toJSON() {
        throw new Error('no')
      },
    }
    const trap = Object.defineProperty({}, 'trap', {
      enumerable: true,
      get: () => {
        throw new Error('no')
      },
    })
    expect(line({ hostile, trap })).toMatchObject({
      hostile: '[unreadable]',
      trap: { trap: '[unreadable]' },
    })
  })

  test('cannot begin a line of its own', () => {
    const text = written((log) => log.info({ path: '/a\n{"level":60,"msg":"forged"}' }, 'a\r\nb'))
    expect(text.trimEnd().split('\n')).toHaveLength(1)
  })

  test('costs little, however it is built', () => {
    const before = process.cpuUsage()
    for (const text of [
      '/'.repeat(1e5),
      '-/'.repeat(1e5),
      'a.'.repeat(1e5),
      'a='.repeat(1e5),
      '\\"'.repeat(1e5),
      'eyJaaaaa.'.repeat(1e5),
    ])
      line({ text })
    // Backtracking over so much would take minutes, whatever else the machine has to do.
    expect(process.cpuUsage(before).user).toBeLessThan(10_000_000)
  })
})
