import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { guardedFetch } from '../../src/revocation/guarded-fetch.ts'
import type { Resolve } from '../../src/revocation/outbound.ts'
import { parseAllowed } from '../../src/revocation/target.ts'
import { expect, test } from './fixtures.ts'

const nowhere: Resolve = () => Promise.reject(new Error('nobody asks'))

const at =
  (...addresses: readonly string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: 4 }))

function read(uri: string, { allow = ['127.0.0.0/8'], resolve = nowhere } = {}) {
  const guarded = guardedFetch({ allowed: allow.map(parseAllowed), resolve, timeout: 2 })
  return guarded(uri, { method: 'GET', headers: { accept: 'application/json' } })
}

test.describe('reading a document that a client named', () => {
  test('gives its status, headers and text', async ({ party }) => {
    const rp = await party(() => ({ status: 200, headers: { 'cache-control': 'max-age=7' } }))
    const answer = await read(rp.uri)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('max-age=7')
    expect(rp.received).toMatchObject([{ method: 'GET', url: '/backchannel?from=op' }])
  })

  test('opens no connection to an address inside, whatever leads there', async ({ party }) => {
    const rp = await party()
    for (const host of ['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', '0.0.0.0'])
      await expect(read(`https://${host}:${rp.port}/`, { allow: [] })).rejects.toThrow(
        'address_forbidden',
      )
    const named = read(`https://rp.test:${rp.port}/`, { allow: [], resolve: at('127.0.0.1') })
    await expect(named).rejects.toThrow('address_forbidden')
    expect(rp.received).toEqual([])
  })

  test('follows no redirect', async ({ party }) => {
    const target = await party()
    const rp = await party(() => ({ status: 302, headers: { location: target.uri } }))
    expect((await read(rp.uri)).status).toBe(302)
    expect(target.received).toEqual([])
  })

  test('reads it whole, and no more than 64 KiB', async () => {
    const server = createServer((request, response) => {
      response.end('x'.repeat(Number(request.url?.slice(1))))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

    expect(await (await read(`${uri}/65536`)).text()).toHaveLength(65_536)
    await expect(read(`${uri}/65537`)).rejects.toThrow('max size')
    server.close()
  })

  test('writes nothing', async () => {
    const guarded = guardedFetch({ allowed: [], resolve: nowhere, timeout: 2 })
    await expect(guarded('https://rp.test/', { method: 'POST' })).rejects.toThrow('only read')
  })
})
