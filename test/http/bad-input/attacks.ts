import {
  encoded,
  type Fields,
  FORM_TYPE,
  messageOf,
  replaced,
  type Sample,
  unproven,
} from './sample.ts'
import { type Attack, bytesOf, type Headers, type Message } from './wire.ts'

type Make = (
  name: string,
  change: Partial<Message>,
  expected?: Attack['expected'],
  form?: Attack['form'],
) => Attack

/** Everything that is tried on one route. */
export function attacksOn(sample: Sample, host: string): Attack[] {
  const good = messageOf(sample, host)
  const make: Make = (name, change, expected = 'answered', form = sample.form) => ({
    name: `${sample.method} ${sample.path.slice(0, 40)}, ${name}`,
    bytes: bytesOf({ ...good, ...change }),
    expected,
    form,
    breaksOff: name.includes('breaks off') || name.includes('break off'),
  })
  const withHeaders = (headers: Headers) => ({ headers: { ...good.headers, ...headers } })
  return [
    ...onAddress(sample, good, make),
    ...onQuery(sample, make),
    ...onHeaders(sample, withHeaders, make),
    ...onMethod(good, make),
    ...(sample.fields ? onForm(sample, sample.fields, withHeaders, make) : []),
    ...(sample.json ? onJson(sample.json, make) : []),
    ...(sample.fields || sample.json ? onBody(sample, good, withHeaders, make) : []),
  ]
}

const BROKEN = ['%00', '%ED%A0%80', '%', '%zz', '%C0%80', '%FF', 'a%F0%9F']

function onAddress({ path, open }: Sample, { target }: Message, make: Make): Attack[] {
  const join = target.includes('?') ? '&' : '?'
  const odd = [`/${path}`, path.toUpperCase(), `${path}/`, `${path}/..%2f..%2fetc`, `${path};a=b`]
  const places = ['__proto__', 'constructor', '-1', '9'.repeat(400), 'a'.repeat(8000)]
  return [
    ...BROKEN.map((text) => make(`${text} in the path`, { target: `${path}/${text}` }, 'refused')),
    ...BROKEN.map((text) =>
      make(`${text} asked`, { target: `${target}${join}x=${text}` }, open ? 'answered' : 'refused'),
    ),
    make('bytes in the path', { target: `${path}\xff` }, 'refused'),
    make('a fragment', { target: `${path}#a` }),
    ...odd.map((text) => make(`at ${text.slice(0, 60)}`, { target: text })),
    ...places.map((text) => make(`below ${text.slice(0, 20)}`, { target: `${path}/${text}` })),
  ]
}

/** Of each name that a route knows, and of some that nobody does. */
function pairsOf(name: string): readonly string[] {
  return [
    `${name}=%00`,
    `${name}=%ED%A0%80`,
    `${name}=%`,
    `${name}=a&${name}=b`,
    `${name}[]=1`,
    `${name}[a]=1`,
    `${name}[__proto__][x]=1`,
    `${name}=-1`,
    `${name}=1e999`,
    `${name}=${'9'.repeat(60)}`,
    `${name}=%F0%9F%8F%A0%E2%80%AE`,
    `${name}=__proto__`,
    `${name}=constructor`,
    `${name}=%7B%22a%22%3A1%7D`,
    `${name}=${'a'.repeat(9000)}`,
    `${name}`,
    `${name}=+`,
    `%00${name}=1`,
  ]
}

const STRANGE = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']

function onQuery({ path, query = {} }: Sample, make: Make): Attack[] {
  const known = Object.keys(query).flatMap((name) =>
    pairsOf(name).map((pair) => [pair, replaced(query, name, pair)]),
  )
  const strange = STRANGE.flatMap((name) => [
    [name, [encoded(query), `${name}=1&${name}[a]=2`].join('&')],
  ])
  return [...known, ...strange].map(([name = '', text]) =>
    make(`asked ${name.slice(0, 40)}`, { target: `${path}?${text}` }),
  )
}

type WithHeaders = (headers: Headers) => Partial<Message>

function onHeaders({ open }: Sample, withHeaders: WithHeaders, make: Make): Attack[] {
  const junk: readonly Headers[] = [
    { Cookie: 'sojourn=%00; sojourn.sig=x; sojourn-interaction=../../x; csrf=__proto__' },
    { Cookie: `sojourn=${'a'.repeat(4000)}` },
    { Cookie: '=; ;;=a;__proto__=1;\xff=\xff' },
    { Cookie: Array.from({ length: 600 }, (_, at) => `c${at}=1`).join('; ') },
    ...[
      'Basic %%%',
      'Basic',
      'Basic OjpgAA==',
      'Bearer',
      'DPoP x',
      'Bearer \xff',
      'A'.repeat(8000),
    ].map((Authorization) => ({ Authorization })),
    { DPoP: 'a.b.c' },
    { DPoP: ['a', 'b'] },
    { 'Accept-Encoding': '\xff;q=2' },
    { 'Accept-Language': 'x'.repeat(3000) },
    { Origin: 'null' },
    { Origin: 'javascript:alert(1)' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'If-None-Match': '"'.repeat(300), Range: 'bytes=9-1,x' },
    { 'X-Forwarded-For': "'; DROP TABLE login --", 'X-Request-Id': '\xff' },
    { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'gopher' },
    { 'User-Agent': '\xed\xa0\x80'.repeat(500) },
    { 'X-HTTP-Method-Override': 'DELETE' },
    { Expect: '100-continue, x' },
    { Upgrade: 'websocket' },
  ]
  const refused: readonly Headers[] = [
    { Cookie: 'a'.repeat(100_000) },
    { 'X-Long': 'a'.repeat(100_000) },
    { 'Content-Length': '-1' },
    { 'Content-Length': '1e3' },
    { 'Content-Length': ['4', '5'] },
    { 'Transfer-Encoding': 'identity, x' },
    { 'Content-Length': '4', 'Transfer-Encoding': 'chunked' },
    { 'X\0': 'a' },
    { X: 'a\0b' },
  ]
  const hosts = [
    'evil.example',
    '',
    'a b',
    'localhost:1',
    'localhost@evil.example',
    '\xff',
    ['a', 'b'],
  ]
  return [
    ...junk.map((headers) => make(told(headers), withHeaders(headers))),
    ...refused.map((headers) => make(told(headers), withHeaders(headers), 'refused')),
    make('with no sense in Accept', withHeaders({ Accept: ';;;q=x,,' }), 'answered', 'none'),
    make(
      'with a length beyond all',
      withHeaders({ 'Content-Length': '99999999999' }),
      open ? 'answered' : 'refused',
    ),
    ...hosts.map((Host) =>
      make(told({ Host }), withHeaders({ Host }), open ? 'answered' : 'refused'),
    ),
  ]
}

function told(headers: Headers): string {
  return `with ${JSON.stringify(headers).slice(0, 60)}`
}

const METHODS = ['PATCH', 'TRACE', 'PROPFIND', 'BREW', 'PURGE', 'get', 'OPTIONS']

function onMethod({ target }: Message, make: Make): Attack[] {
  return [
    ...METHODS.map((method) => make(`by ${method}`, { method, target, body: '' })),
    make('by HEAD', { method: 'HEAD', body: '' }, 'answered', 'none'),
    make('at another server', { target: `http://evil.example${target}` }),
    make('at no path', { target: '*' }),
  ]
}

function onForm(
  { strict }: Sample,
  fields: Fields,
  withHeaders: WithHeaders,
  make: Make,
): Attack[] {
  const bare = encoded(unproven(fields))
  const fieldwise = Object.keys(fields).flatMap((name) =>
    pairsOf(name).map((pair) =>
      make(`sent ${pair.slice(0, 40)}`, { body: replaced(fields, name, pair) }),
    ),
  )
  const strange = STRANGE.map((name) =>
    make(`sent ${name}`, { body: `${bare}&${name}=1&${name}[a]=2` }),
  )
  const refused = strict ? 'refused' : 'answered'
  const bodies: readonly (readonly [string, string | Buffer])[] = [
    ['bytes', Buffer.from([0x61, 0x3d, 0xff, 0xfe])],
    ['a null byte', `${bare}&a=\0`],
    ['a broken escape', `${bare}&a=%`],
    ['a field twice', `${bare}&a=1&a=2`],
  ]
  const types = [
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/json',
    'a',
    '/',
    `${FORM_TYPE}x`,
  ]
  return [
    ...fieldwise,
    ...strange,
    ...bodies.map(([name, body]) => make(`sent ${name}`, { body }, refused)),
    ...types.map((type) =>
      make(
        `as ${type}`,
        { ...withHeaders({ 'Content-Type': type }), body: '{"a":[1]}' },
        'refused',
      ),
    ),
    ...['utf-16', 'nonsense', '"'].map((charset) =>
      make(`in ${charset}`, withHeaders({ 'Content-Type': `${FORM_TYPE}; charset=${charset}` })),
    ),
    make('of nothing', { body: '' }),
    make('of separators', { body: '&&&=&=&;' }),
    make('of 9,000 fields', { body: Array.from({ length: 9000 }, (_, at) => `a${at}=`).join('&') }),
    make('deep', { body: `a${'[a]'.repeat(10_000)}=1` }),
  ]
}

function onJson(good: Readonly<Record<string, unknown>>, make: Make): Attack[] {
  const values: readonly unknown[] = [
    null,
    true,
    -1,
    1e308,
    'a\0',
    '\ud800',
    [],
    [[]],
    {},
    { toString: 1 },
    'x'.repeat(5000),
  ]
  const memberwise = Object.keys(good).flatMap((name) =>
    values.map((value) =>
      make(`${name} is ${JSON.stringify(value).slice(0, 20)}`, {
        body: JSON.stringify({ ...good, [name]: value }),
      }),
    ),
  )
  const bodies = [
    '',
    '{',
    'nul',
    '[]',
    '"a"',
    '1',
    '{"a":1}x',
    '['.repeat(30_000),
    '\u0000',
    '{"a":1e999',
  ]
  const odd = ['{"__proto__":{"a":1}}', '{"constructor":{"prototype":{"a":1}}}', '{"toString":"a"}']
  return [
    ...memberwise,
    ...bodies.map((body) => make(`of ${body.slice(0, 20)}`, { body }, 'refused')),
    ...odd.map((body) => make(`of ${body}`, { body })),
    make('of bytes', { body: Buffer.from([0x7b, 0xff, 0x7d]) }, 'refused'),
  ]
}

/** What does not end, ends too early or never should have begun. */
function onBody(_sample: Sample, good: Message, withHeaders: WithHeaders, make: Make): Attack[] {
  const chunk = `8000\r\n${'a'.repeat(0x8000)}\r\n`
  const chunked = withHeaders({ 'Transfer-Encoding': 'chunked' })
  const megabyte = `username=${'a'.repeat(1_000_000)}`
  return [
    make('of a megabyte', { body: megabyte }, 'refused'),
    make('of 100,000 fields', { body: 'aaaa=bbbb&'.repeat(100_000) }, 'refused'),
    make('that breaks off', { ...withHeaders({ 'Content-Length': '500' }), body: good.body ?? '' }),
    make(
      'of chunks beyond the limit',
      { ...chunked, body: `${chunk.repeat(4)}0\r\n\r\n` },
      'refused',
    ),
    make('of a chunk that is none', { ...chunked, body: 'zz\r\n' }, 'refused'),
    make('of chunks that break off', { ...chunked, body: '8000\r\naaa' }),
    make('that says it is packed', withHeaders({ 'Content-Encoding': 'gzip' })),
  ]
}
