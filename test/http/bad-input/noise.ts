import fc from 'fast-check'
import type { Fields, Sample } from './sample.ts'
import type { Headers, Message } from './wire.ts'

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
    'none',
    '-1',
    '1e999',
    '%00',
    '\0',
    '\ud800',
    '\u202e',
    '9'.repeat(40),
    'a'.repeat(3000),
    'https://rp.example/callback',
    'javascript:alert(1)',
    'http://[::1',
  ),
  fc.base64String({ maxLength: 80 }).map((tail) => `sat_${'0'.repeat(26)}.${tail}`),
  fc.base64String({ maxLength: 80 }).map((tail) => `eyJhbGciOiJFUzI1NiJ9.${tail}.${tail}`),
)

const value = fc.oneof(
  text,
  fc.array(text, { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }),
  fc.constantFrom(null, true, -1, 1e308, [null], { toString: 1 }),
)

const HEADERS = [
  'Authorization',
  'Cookie',
  'DPoP',
  'Origin',
  'Content-Type',
  'Content-Encoding',
  'Accept-Language',
  'If-None-Match',
  'User-Agent',
  'X-Forwarded-For',
  'Sec-Fetch-Site',
]

/** What registration knows besides what our sample says (RFC 7591, OpenID Connect Registration 1.0). */
const METADATA = [
  'application_type',
  'backchannel_logout_session_required',
  'client_id',
  'client_secret',
  'default_acr_values',
  'dpop_bound_access_tokens',
  'id_token_signed_response_alg',
  'initiate_login_uri',
  'jwks_uri',
  'logo_uri',
  'policy_uri',
  'post_logout_redirect_uris',
  'request_uris',
  'require_auth_time',
  'response_types',
  'scope',
  'sector_identifier_uri',
  'software_statement',
  'subject_type',
  'tls_client_auth_san_ip',
  'token_endpoint_auth_signing_alg',
  'tos_uri',
  'userinfo_signed_response_alg',
]

/** A good request of which a part is changed, dropped, doubled or added. */
export function noisy(sample: Sample, good: Required<Message>): fc.Arbitrary<Message> {
  const { path, query, fields, json } = sample
  const parts: fc.Arbitrary<Partial<Message>>[] = [
    headersOf(good),
    mutated(query ?? {}).map((asked) => ({ target: `${path}?${asked}` })),
    text.map((end) => ({ target: `${path}/${escaped(end)}` })),
  ]
  const body = fields ? mutated(fields) : json && metadata(json)
  const sent = body?.map((words): Partial<Message> => ({ body: words }))
  // Most of what a route judges is in its body.
  const all = sent ? [...parts, sent, sent, sent] : parts
  return fc.oneof(...all).map((change) => ({ ...good, ...change }))
}

function headersOf({ headers }: Required<Message>): fc.Arbitrary<Partial<Message>> {
  const changed = fc.dictionary(fc.constantFrom(...HEADERS), text.map(asHeader), {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  })
  return changed.map((others) => ({ headers: { ...headers, ...(others as Headers) } }))
}

/** No ends of lines: what follows one would be another header, and no longer this one's value. */
function asHeader(words: string): string {
  return Buffer.from(words)
    .toString('latin1')
    .replaceAll(/[\r\n]/g, ' ')
}

/** Of the fields of a form or a query some are changed, dropped, doubled or added. */
function mutated(good: Fields): fc.Arbitrary<string> {
  const known = Object.keys(good)
  const name =
    known.length > 0 ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, text) : text
  const change = fc.tuple(name, text, fc.constantFrom('set', 'drop', 'double', 'list'))
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const pairs = new Map(Object.entries(good).map(([key, one]) => [key, [one]]))
    for (const [key, one, how] of changes) {
      const before = pairs.get(key) ?? []
      if (how === 'drop') pairs.delete(key)
      else if (how === 'list') pairs.set(`${key}[]`, [one])
      else pairs.set(key, how === 'double' ? [...before, one] : [one])
    }
    return [...pairs]
      .flatMap(([key, values]) => values.map((one) => `${escaped(key)}=${escaped(one)}`))
      .join('&')
  })
}

function metadata(good: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  const name = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...Object.keys(good), ...METADATA) },
    { weight: 1, arbitrary: text },
  )
  const changes = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 3 })
  return changes.map((some) => JSON.stringify({ ...good, ...Object.fromEntries(some) }))
}

/** As bytes in an address may be: what is no visible ASCII is escaped, escapes of its own stay. */
function escaped(words: string): string {
  return words.replaceAll(/[^\x21-\x7e]|[&=#"<>]/gu, (letter) =>
    [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )
}
