import { guardInput } from '../../../src/http/middleware/guard-input.ts'
import { BODY_LIMIT, readForm, readJson } from '../../../src/http/middleware/read-body.ts'
import { expect, reached, statusOf, test } from './serving.ts'

const get = (target: string, ...headers: string[]) =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers.map((h) => `${h}\r\n`).join('')}\r\n`

test.describe('an address', () => {
  const broken = [
    '/%',
    '/%zz',
    '/a%2',
    '/%00',
    '/?login_hint=%00',
    '/?a=%ED%A0%80',
    '/?a=%FF',
    '/?a=%C0%80',
    '/?a=\xff',
    '/%F0%9F',
  ]
  for (const target of broken) {
    test(`such as ${JSON.stringify(target)} is refused`, async ({ serve }) => {
      const server = await serve([guardInput({ bodyLimit: 10 }), reached])
      expect(statusOf(await server.raw(get(target)))).toBe(400)
    })
  }

  test('that is well formed passes', async ({ serve }) => {
    const server = await serve([guardInput({ bodyLimit: 10 }), reached])
    expect(await server.raw(get('/a/%C3%A9?x=%F0%9F%8F%A0&y=a+b%20c'))).toContain('reached')
  })

  test('longer than any address, or with headers longer than any, is refused without a 500', async ({
    serve,
  }) => {
    const server = await serve([guardInput({ bodyLimit: 10 }), reached])
    expect(statusOf(await server.raw(get(`/?${'a'.repeat(100_000)}`)))).toBe(431)
    expect(statusOf(await server.raw(get('/', `Cookie: ${'a'.repeat(100_000)}`)))).toBe(431)
  })
})

test.describe('a body', () => {
  const guarded = guardInput({ bodyLimit: BODY_LIMIT })
  const form = async (ctx: Parameters<typeof readForm>[0]) => {
    ctx.body = await readForm(ctx)
  }
  const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

  test('of a form is read field by field', async ({ serve }) => {
    const { url } = await serve([guarded, form])
    const body = 'username=ada%40example.com&password=a+b%2B%C3%A9&empty=&bare&__proto__=x'
    const answer = await fetch(url, { method: 'POST', headers: FORM, body })
    expect(await answer.text()).toBe(
      '{"username":"ada@example.com","password":"a b+é","empty":"","bare":"","__proto__":"x"}',
    )
  })

  const refused: readonly [string, string | Uint8Array<ArrayBuffer>, number][] = [
    ['a null byte', 'username=a%00b', 400],
    ['a raw null byte', 'username=a\0b', 400],
    ['a null byte in a name', 'user%00=a', 400],
    ['a surrogate alone', 'username=%ED%A0%80', 400],
    ['a broken escape', 'username=%', 400],
    ['bytes that are not UTF-8', new Uint8Array([0x61, 0x3d, 0xff]), 400],
    ['one name twice', 'username=a&username=b', 400],
    ['a user name of 1 MB', `username=${'a'.repeat(1_000_000)}`, 413],
  ]
  for (const [name, body, status] of refused) {
    test(`with ${name} is refused with ${status}`, async ({ serve }) => {
      const { url } = await serve([guarded, form])
      expect((await fetch(url, { method: 'POST', headers: FORM, body })).status).toBe(status)
    })
  }

  test('that does not say how long it is ends at the limit', async ({ serve }) => {
    const { raw } = await serve([guarded, form])
    const chunk = `8000\r\n${'a'.repeat(0x8000)}\r\n`
    const head =
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(statusOf(await raw(`${head}${chunk.repeat(3)}0\r\n\r\n`))).toBe(413)
  })

  test('of another type is refused', async ({ serve }) => {
    const { url } = await serve([guarded, form])
    const post = (type: string) =>
      fetch(url, { method: 'POST', headers: { 'Content-Type': type }, body: 'a=b' })
    expect((await post('text/plain')).status).toBe(415)
    expect((await post('multipart/form-data; boundary=x')).status).toBe(415)
  })

  test('that breaks off is no fault of ours', async ({ serve }) => {
    const { raw, logged } = await serve([guarded, form])
    await raw(
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\na=',
    )
    expect(logged.filter(({ level }) => Number(level) >= 50)).toEqual([])
  })

  const json = async (ctx: Parameters<typeof readJson>[0]) => {
    ctx.body = JSON.stringify(await readJson(ctx))
  }
  const JSON_TYPE = { 'Content-Type': 'application/json' }
  for (const body of [
    '',
    '{',
    '{"a":"\\u0000"}',
    '{"a":["\\ud800"]}',
    '{"\\u0000":1}',
    'nul',
    `${'['.repeat(60_000)}`,
  ]) {
    test(`of JSON such as ${body.slice(0, 20)} is refused`, async ({ serve }) => {
      const { url } = await serve([guarded, json])
      expect((await fetch(url, { method: 'POST', headers: JSON_TYPE, body })).status).toBe(400)
    })
  }
})
