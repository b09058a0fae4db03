import fc from 'fast-check'
import { expect } from 'playwright/test'
import { faultOf } from './judge.ts'
import { messageOf, type Sample } from './sample.ts'
import { SAMPLES } from './samples.ts'
import { test } from './staged.ts'
import { type Attack, bytesOf, exchange } from './wire.ts'

const RUNS = 300

/** Texts as strangers send them: any characters, broken escapes, and pieces of what is good. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.stringMatching(/^(%[0-9a-fA-F]{0,2}|[a-z._+&=[\]-]){0,30}$/),
  fc.constantFrom(
    '',
    'null',
    '__proto__',
    'S256',
    'code',
    'openid',
    '%00',
    '\ud800',
    '\u202e',
    '9'.repeat(40),
  ),
  fc.base64String({ maxLength: 80 }).map((tail) => `sat_${'0'.repeat(26)}.${tail}`),
  fc.base64String({ maxLength: 80 }).map((tail) => `eyJhbGciOiJFUzI1NiJ9.${tail}.${tail}`),
)

/** Of a good request some fields are changed, dropped, doubled or added. */
function mutated(good: Readonly<Record<string, string>>): fc.Arbitrary<string> {
  const names = Object.keys(good)
  const name = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...names) },
    { weight: 1, arbitrary: text },
  )
  const change = fc.tuple(name, text, fc.constantFrom('set', 'drop', 'double', 'list'))
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const pairs = new Map(Object.entries(good).map(([key, value]) => [key, [value]]))
    for (const [key, value, how] of changes) {
      const before = pairs.get(key) ?? []
      if (how === 'drop') pairs.delete(key)
      else if (how === 'list') pairs.set(`${key}[]`, [value])
      else pairs.set(key, how === 'double' ? [...before, value] : [value])
    }
    return [...pairs]
      .flatMap(([key, values]) => values.map((one) => `${escaped(key)}=${escaped(one)}`))
      .join('&')
  })
}

/** As bytes in an address may be: what is no visible ASCII is escaped, escapes of its own stay. */
function escaped(value: string): string {
  return value.replaceAll(/[^\x21-\x7e]|[&=#"<>]/gu, (letter) =>
    [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )
}

const ROUTES = [
  'POST /oauth2/token',
  'POST /oauth2/introspect',
  'GET /oauth2/authorize',
  'POST /login',
] as const

for (const route of ROUTES) {
  test(`${route} answers whatever is sent`, async ({ scene }) => {
    const [method = ''] = route.split(' ')
    const sample: Sample = { ...SAMPLES[route]!(scene), method }
    const good = messageOf(sample, scene.host)
    const { csrf, ...fields } = sample.fields ?? sample.query ?? {}
    const proof = csrf === undefined ? '' : `&csrf=${csrf}`

    const property = fc.asyncProperty(mutated(fields), async (changed) => {
      const bytes = sample.query
        ? bytesOf({ ...good, target: `${sample.path}?${changed}` })
        : bytesOf({ ...good, body: `${changed}${proof}` })
      const expected = 'answered'
      const attack: Attack = { name: changed, bytes, expected, form: sample.form, breaksOff: false }
      expect(faultOf(attack, await exchange(scene.port, attack))).toBeNull()
    })
    await fc.assert(property, { numRuns: RUNS / ROUTES.length, interruptAfterTimeLimit: 20_000 })

    expect(scene.logged.filter(({ level }) => Number(level) >= 50)).toEqual([])
  })
}
