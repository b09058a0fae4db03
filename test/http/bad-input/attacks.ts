import { onBody, onForm, onJson } from './body-attacks.ts'
import { type Make, pairsOf, STRANGE, type WithHeaders } from './pairs.ts'
import { encoded, messageOf, replaced, type Sample } from './sample.ts'
import { type Attack, bytesOf, type Form, type Headers, type Message } from './wire.ts'

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
    ...onMethod(sample, good, make),
    ...(sample.fields ? onForm(sample, sample.fields, withHeaders, make) : []),
    ...(sample.json ? onJson(sample.json, make) : []),
    ...(sample.fields || sample.json ? onBody(sample, good, withHeaders, make) : []),
  ]
}

const BROKEN = ['%00', '%ED%A0%80', '%', '%zz', '%C0%80', '%FF', 'a%F0%9F']

/** Where nobody can tell that OAuth was meant. */
function formElsewhere({ form }: Sample): Form {
  return form === 'oauth' ? 'json' : form
}

function onAddress(sample: Sample, { target }: Message, make: Make): Attack[] {
  const { path, open } = sample
  const join = target.includes('?') ? '&' : '?'
  const odd = [path.toUpperCase(), `${path}/`, `${path}/..%2f..%2fetc`, `${path};a=b`]
  const places = ['__proto__', 'constructor', '-1', '9'.repeat(400), 'a'.repeat(8000)]
  return [
    ...BROKEN.map((text) => make(`${text} in the path`, { target: `${path}/${text}` }, 'refused')),
    ...BROKEN.map((text) =>
      make(`${text} asked`, { target: `${target}${join}x=${text}` }, open ? 'answered' : 'refused'),
    ),
    make('bytes in the path', { target: `${path}\xff` }, 'refused'),
    make('at a path in an empty one', { target: `/${path}` }, 'answered', formElsewhere(sample)),
    make('a fragment', { target: `${path}#a` }),
    ...odd.map((text) => make(`at ${text.slice(0, 60)}`, { target: text })),
    ...places.map((text) => make(`below ${text.slice(0, 20)}`, { target: `${path}/${text}` })),
  ]
}

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

function onMethod(sample: Sample, { target }: Message, make: Make): Attack[] {
  return [
    ...METHODS.map((method) => make(`by ${method}`, { method, target, body: '' })),
    make('by HEAD', { method: 'HEAD', body: '' }, 'answered', 'none'),
    make('at another server', { target: `http://evil.example${target}` }),
    make('at no path', { target: '*' }, 'answered', formElsewhere(sample)),
  ]
}
