import { pinHost, speakAs } from '../../../src/http/middleware/pin-host.ts'
import { expect, reached, statusOf, test } from './serving.ts'

const ISSUER = 'https://id.example'
const ask = (...headers: string[]) =>
  `GET / HTTP/1.1\r\nConnection: close\r\n${headers.map((h) => `${h}\r\n`).join('')}\r\n`

test.describe('the pinned host', () => {
  for (const host of ['id.example', 'ID.Example', 'id.example:443']) {
    test(`answers as ${host}, and derives every address from the issuer`, async ({ serve }) => {
      const server = await serve(
        [
          pinHost(ISSUER),
          (ctx) => {
            ctx.body = `${ctx.href} ${ctx.secure}`
          },
        ],
        (app) => speakAs(app, ISSUER),
      )
      expect(await server.raw(ask(`Host: ${host}`))).toContain('https://id.example/ true')
    })
  }

  const strangers = [
    'evil.example',
    'id.example.evil.example',
    'id.example:8443',
    'id.example@evil.example',
    'id.example.',
    'id.example,evil.example',
  ]
  for (const host of strangers) {
    test(`refuses to be ${host}`, async ({ serve }) => {
      const server = await serve([pinHost(ISSUER), reached])
      expect(statusOf(await server.raw(ask(`Host: ${host}`)))).toBe(421)
    })
  }

  test('refuses a request without a name, and one that names a host in its target', async ({
    serve,
  }) => {
    const server = await serve([pinHost(ISSUER), reached])
    expect(statusOf(await server.raw('GET / HTTP/1.0\r\n\r\n'))).toBe(400)
    const absolute =
      'GET http://evil.example/ HTTP/1.1\r\nHost: id.example\r\nConnection: close\r\n\r\n'
    expect(statusOf(await server.raw(absolute))).toBe(400)
  })

  test('believes X-Forwarded-Host only where a proxy is trusted', async ({ serve }) => {
    const middleware = [pinHost(ISSUER), reached]
    const open = await serve(middleware)
    const behind = await serve(middleware, (app) => {
      app.proxy = true
    })
    const forwarded = ask('Host: 10.0.0.7:8080', 'X-Forwarded-Host: id.example')
    expect(statusOf(await open.raw(forwarded))).toBe(421)
    expect(statusOf(await behind.raw(forwarded))).toBe(200)
    const forged = ask('Host: id.example', 'X-Forwarded-Host: evil.example')
    expect(statusOf(await behind.raw(forged))).toBe(421)
    const plain = ask('Host: id.example', 'X-Forwarded-Proto: http')
    expect(statusOf(await behind.raw(plain))).toBe(421)
  })
})
