import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, type RequestOptions, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import Koa from 'koa'
import { expect, test } from 'playwright/test'
import { createAssets } from '../../src/http/assets.ts'
import { serveAssets } from '../../src/http/serve-assets.ts'

const assets = createAssets(join(import.meta.dirname, '../../assets'))
const stylesheet = assets.href('sojourn.css')
let server: Server

test.beforeAll(async () => {
  const app = new Koa()
  app.use(serveAssets(assets))
  app.use((ctx) => {
    ctx.body = 'the next one'
  })
  server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
test.afterAll(() => server.close())

test.describe('reading the assets', () => {
  let folder: string
  test.beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assets-'))
  })
  test.afterEach(() => rmSync(folder, { recursive: true }))

  test('names a file by its content', () => {
    writeFileSync(join(folder, 'a.css'), 'p { color: red }')
    const before = createAssets(folder).href('a.css')
    writeFileSync(join(folder, 'a.css'), 'p { color: tan }')
    const after = createAssets(folder).href('a.css')

    expect(before).toMatch(/^\/assets\/a\.[\w-]{12}\.css$/)
    expect(after).toMatch(/^\/assets\/a\.[\w-]{12}\.css$/)
    expect(after).not.toBe(before)
  })

  test('puts the parts of a stylesheet, and the names of its files, in place', () => {
    mkdirSync(join(folder, 'parts'))
    writeFileSync(join(folder, 'door.svg'), '<svg/>')
    writeFileSync(join(folder, 'parts/one.css'), 'p { background: url("door.svg") }')
    writeFileSync(join(folder, 'a.css'), '@import "parts/one.css";')
    const read = createAssets(folder)

    const css = read.find(read.href('a.css'))?.bodies.identity.toString()
    expect(css).toBe(`p { background: url("${read.href('door.svg')}") }`)
  })

  test('refuses a file whose type it cannot name', () => {
    writeFileSync(join(folder, 'a.exe'), '')
    expect(() => createAssets(folder)).toThrow('unknown type')
  })

  test('knows no name that is not there', () => {
    expect(() => assets.href('gone.css')).toThrow('no asset gone.css')
    expect(() => assets.href('constructor')).toThrow('no asset constructor')
  })
})

test.describe('serving the assets', () => {
  test('lets them be kept for ever, and guessed at never', async () => {
    const { status, headers } = await ask(stylesheet)

    expect(status).toBe(200)
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toBe('text/css; charset=utf-8')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers.vary).toBe('Accept-Encoding')
  })

  test('compresses as the client likes, brotli first', async () => {
    const plain = await ask(stylesheet)
    const gzip = await ask(stylesheet, { 'accept-encoding': 'gzip' })
    const brotli = await ask(stylesheet, { 'accept-encoding': 'gzip, deflate, br' })
    const refused = await ask(stylesheet, { 'accept-encoding': 'br;q=0, gzip;q=0' })

    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(refused.headers['content-encoding']).toBeUndefined()
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(brotli.headers['content-encoding']).toBe('br')
    expect(gunzipSync(gzip.body)).toEqual(plain.body)
    expect(brotliDecompressSync(brotli.body)).toEqual(plain.body)
    expect(brotli.body.length).toBeLessThan(plain.body.length / 3)
  })

  test('leaves a font as it is', async () => {
    const font = await ask(assets.href('fraunces-latin-600.woff2'), { 'accept-encoding': 'br' })

    expect(font.headers['content-type']).toBe('font/woff2')
    expect(font.headers['content-encoding']).toBeUndefined()
  })

  test('answers HEAD with the headers alone', async () => {
    const get = await ask(stylesheet, { 'accept-encoding': 'br' })
    const head = await ask(stylesheet, { 'accept-encoding': 'br' }, 'HEAD')

    expect(head.status).toBe(200)
    expect(head.body).toHaveLength(0)
    expect(head.headers['content-length']).toBe(String(get.body.length))
    expect(head.headers['content-encoding']).toBe('br')
  })

  test('answers 304 to who has this very encoding', async () => {
    const first = await ask(stylesheet, { 'accept-encoding': 'br' })
    const etag = String(first.headers.etag)

    const same = await ask(stylesheet, { 'accept-encoding': 'br', 'if-none-match': etag })
    const other = await ask(stylesheet, { 'accept-encoding': 'gzip', 'if-none-match': etag })

    expect(same.status).toBe(304)
    expect(same.body).toHaveLength(0)
    expect(same.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(other.status).toBe(200)
  })

  for (const path of [
    '/assets/',
    '/assets/sojourn.css',
    '/assets/sojourn/tokens.css',
    '/assets/../package.json',
    '/assets/..%2fpackage.json',
    '/assets/%2e%2e/package.json',
    '/assets/..\\package.json',
    '/assets/__proto__',
    '/assets/constructor',
    `${stylesheet}/`,
    `${stylesheet}%00`,
    stylesheet.toUpperCase().replace('/ASSETS/', '/assets/'),
  ]) {
    test(`has nothing at ${path}`, async () => {
      const { status, headers } = await ask(path)

      expect(status).toBe(404)
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['x-content-type-options']).toBe('nosniff')
    })
  }

  test('takes nothing', async () => {
    const { status, headers } = await ask(stylesheet, {}, 'POST')

    expect(status).toBe(405)
    expect(headers.allow).toBe('GET, HEAD')
  })

  test('leaves the other addresses to those who come after', async () => {
    const { body } = await ask('/assetsbut')
    expect(body.toString()).toBe('the next one')
  })

  test('costs a first visitor less than 30 kB', async () => {
    const names = ['sojourn.css', 'logo.svg', 'icons.svg', 'fraunces-latin-600.woff2']
    const answers = await Promise.all(
      names.map((name) => ask(assets.href(name), { 'accept-encoding': 'br' })),
    )

    expect(answers.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(30_000)
  })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** Sends the path as it is: `fetch` would tidy `..` away before the server sees it. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  const options: RequestOptions = { host: '127.0.0.1', port, path, headers, method }
  return new Promise((resolve, reject) => {
    const sent = request(options, async (response) => {
      const body = Buffer.concat(await response.toArray())
      resolve({ status: response.statusCode, headers: response.headers, body })
    })
    sent.on('error', reject).end()
  })
}
