import { type Make, pairsOf, STRANGE, type WithHeaders } from './pairs.ts'
import { encoded, type Fields, FORM_TYPE, replaced, type Sample, unproven } from './sample.ts'
import type { Attack, Message } from './wire.ts'

export function onForm(
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

export function onJson(good: Readonly<Record<string, unknown>>, make: Make): Attack[] {
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
export function onBody(
  _sample: Sample,
  good: Message,
  withHeaders: WithHeaders,
  make: Make,
): Attack[] {
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
