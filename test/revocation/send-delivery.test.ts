import { createServer, type Server } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Address, Resolve } from '../../src/revocation/outbound.ts'
import { sendDelivery } from '../../src/revocation/send-delivery.ts'
import { parseAllowed } from '../../src/revocation/target.ts'
import { CERTIFICATE } from './certificate.ts'
import { expect, test } from './fixtures.ts'

const LOOPBACK = ['127.0.0.0/8']

function send(
  uri: string,
  { allow = LOOPBACK, resolve = nowhere, timeout = 5 }: Partial<Options> = {},
) {
  return sendDelivery({ allowed: allow.map(parseAllowed), resolve, timeout }, uri, 'a.b.c')
}

interface Options {
  readonly allow: readonly string[]
  readonly resolve: Resolve
  readonly timeout: number
}

/** For tests that name addresses: whoever asks is wrong. */
const nowhere: Resolve = () => Promise.reject(new Error('nobody asks'))

/** Answers each question with the next of the given answers, and counts the questions. */
function answering(...answers: readonly string[][]): Resolve & { asked: number } {
  const resolve = (async () => {
    const addresses = answers[Math.min(resolve.asked, answers.length - 1)] ?? []
    resolve.asked += 1
    return addresses.map((address): Address => ({ address, family: address.includes(':') ? 6 : 4 }))
  }) as unknown as Resolve & { asked: number }
  resolve.asked = 0
  return resolve
}

test.describe('sending a logout token', () => {
  test('posts it as a form and nothing else', async ({ party }) => {
    const rp = await party()

    expect(await send(rp.uri)).toBe('delivered')
    expect(rp.received).toMatchObject([
      {
        method: 'POST',
        url: '/backchannel?from=op',
        type: 'application/x-www-form-urlencoded',
        body: 'logout_token=a.b.c',
      },
    ])
  })

  test('takes 204 for acceptance', async ({ party }) => {
    const rp = await party(() => ({ status: 204 }))
    expect(await send(rp.uri)).toBe('delivered')
  })

  test('tells a refusal from a failure that may pass', async ({ party }) => {
    const refuses = await party(() => ({ status: 400 }))
    const busy = await party(() => ({ status: 429, headers: { 'retry-after': '77' } }))
    expect(await send(refuses.uri)).toEqual({ failure: 'status_400', retry: false })
    expect(await send(busy.uri)).toEqual({ failure: 'status_429', retry: true, retryAfter: 77 })
  })

  test('follows no redirect', async ({ party }) => {
    const target = await party()
    for (const status of [301, 302, 303, 307, 308]) {
      const rp = await party(() => ({ status, headers: { location: target.uri } }))
      expect(await send(rp.uri)).toEqual({ failure: `status_${status}`, retry: false })
    }
    expect(target.received).toEqual([])
  })

  test('gives up on a relying party that never answers', async ({ party }) => {
    const rp = await party(() => null)
    expect(await send(rp.uri, { timeout: 1 })).toEqual({ failure: 'timeout', retry: true })
  })

  test('gives up on one that is silent before the handshake', async () => {
    const server = await raw('', 'keep')
    const uri = uriOf(server).replace('http:', 'https:')
    expect(await send(uri, { timeout: 1 })).toEqual({ failure: 'timeout', retry: true })
    server.close()
  })

  test('gives up on a name server that never answers', async () => {
    const resolve = () => new Promise<never>(() => undefined)
    const outcome = await send('https://rp.test/', { resolve, timeout: 1 })
    expect(outcome).toEqual({ failure: 'timeout', retry: true })
  })

  test('tells why there was no connection', async ({ party }) => {
    const gone = await party()
    await gone.close()
    expect(await send(gone.uri)).toEqual({ failure: 'refused', retry: true })

    const unknown = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))
    expect(await send('https://rp.test/', { resolve: unknown })).toEqual({
      failure: 'dns',
      retry: true,
    })
  })

  test('survives what is no HTTP', async () => {
    const replies = ['SSH-2.0-OpenSSH_9.9\r\n', '', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(99_999)}`]
    for (const reply of replies) {
      const server = await raw(reply)
      expect(await send(uriOf(server))).toEqual({ failure: 'connection_lost', retry: true })
      server.close()
    }
  })

  test('waits for no end of a body', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\nx', 'keep')
    expect(await send(uriOf(server))).toBe('delivered')
    server.close()
  })

  test('uses a connection once, so that none is closed under it', async ({ party }) => {
    const rp = await party()
    for (let times = 0; times < 3; times += 1) expect(await send(rp.uri)).toBe('delivered')
    expect(rp.received).toHaveLength(3)
  })

  test('lets a bug be a bug', async () => {
    await expect(send('https://rp.test/')).rejects.toThrow('nobody asks')
  })
})

test.describe('guarding the network', () => {
  test('refuses literal private addresses in every spelling', async ({ party }) => {
    const rp = await party()
    const hosts = [
      '127.0.0.1',
      '127.1',
      '0x7f000001',
      '2130706433',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
    ]
    for (const host of hosts)
      expect(await send(`http://${host}:${rp.port}/`, { allow: [] })).toEqual({
        failure: 'address_forbidden',
        retry: false,
      })
    expect(rp.received).toEqual([])
  })

  test('refuses a name that resolves to a private address', async ({ party }) => {
    const rp = await party()
    const resolve = answering(['127.0.0.1'])
    const outcome = await send(`http://rp.test:${rp.port}/`, { allow: [], resolve })
    expect(outcome).toEqual({ failure: 'address_forbidden', retry: false })
    expect(rp.received).toEqual([])
  })

  test('dials nobody when one of many addresses is private', async ({ party }) => {
    const rp = await party()
    const resolve = answering(['127.0.0.1', '10.0.0.1'])
    const outcome = await send(`http://rp.test:${rp.port}/`, { resolve })
    expect(outcome).toEqual({ failure: 'address_forbidden', retry: false })
    expect(rp.received).toEqual([])
  })

  test('dials the address that was judged, whatever a second look would say', async ({ party }) => {
    const trap = await party()
    // Both on one port: the rebound name differs in its address alone.
    const judged = await party(undefined, { host: '127.0.0.2', port: trap.port })
    const uri = `http://rp.test:${trap.port}/`
    const resolve = answering(['127.0.0.2'], ['127.0.0.1'])

    expect(await send(uri, { allow: ['127.0.0.2'], resolve })).toBe('delivered')
    expect(resolve.asked).toBe(1)
    const rebound = await send(uri, { allow: ['127.0.0.2'], resolve })
    expect(rebound).toEqual({ failure: 'address_forbidden', retry: false })
    expect(judged.received).toHaveLength(1)
    expect(trap.received).toEqual([])
  })

  test('lets an allowed host through wherever it resolves, and no other', async ({ party }) => {
    const rp = await party()
    const allow = [`rp.test:${rp.port}`]
    const options = { allow, resolve: answering(['127.0.0.1']) }
    expect(await send(`http://rp.test:${rp.port}/`, options)).toBe('delivered')
    expect(await send(`http://other.test:${rp.port}/`, options)).toEqual({
      failure: 'address_forbidden',
      retry: false,
    })
    expect(await send(`http://127.0.0.1:${rp.port}/`, options)).toEqual({
      failure: 'address_forbidden',
      retry: false,
    })
    expect(rp.received).toHaveLength(1)
  })

  test('tries the next of many allowed addresses', async ({ party }) => {
    const rp = await party()
    const resolve = answering(['127.0.0.3', '127.0.0.1'])
    expect(await send(`http://rp.test:${rp.port}/`, { resolve })).toBe('delivered')
  })

  test('sends nothing in clear into the internet', async () => {
    const resolve = answering(['8.8.8.8'])
    expect(await send('http://rp.test/', { resolve })).toEqual({
      failure: 'https_required',
      retry: false,
    })
  })

  test('sends no credentials that a URL holds', async ({ party }) => {
    const rp = await party()
    expect(await send(`http://user:secret@127.0.0.1:${rp.port}/`)).toEqual({
      failure: 'credentials_in_url',
      retry: false,
    })
    expect(rp.received).toEqual([])
  })
})

test.describe('TLS', () => {
  const options = () => ({ resolve: answering(['127.0.0.1']) })

  test('trusts no certificate that nobody vouches for', async ({ party }) => {
    const rp = await party(undefined, { tls: true })
    expect(await send(`https://rp.test:${rp.port}/`, options())).toEqual({
      failure: 'tls',
      retry: true,
    })
    expect(rp.received).toEqual([])
  })

  test('is not taken for granted', async ({ party }) => {
    const plain = await party()
    expect(await send(`https://rp.test:${plain.port}/`, options())).toEqual({
      failure: 'tls',
      retry: true,
    })
  })

  test('checks the name although it dials the address', async ({ party }) => {
    const rp = await party(undefined, { tls: true })
    const trusted = getCACertificates('default')
    setDefaultCACertificates([...trusted, CERTIFICATE])
    const right = await send(`https://rp.test:${rp.port}/`, options())
    const wrong = await send(`https://other.test:${rp.port}/`, options())
    setDefaultCACertificates(trusted)

    expect(right).toBe('delivered')
    expect(wrong).toEqual({ failure: 'tls', retry: true })
    expect(rp.received).toHaveLength(1)
  })
})

/** A server that says the same to everybody and, unless it keeps the connection, closes it. */
async function raw(reply: string, then: 'close' | 'keep' = 'close'): Promise<Server> {
  const server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .once('data', () => {
        socket.write(reply)
        if (then === 'close') socket.end()
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function uriOf(server: Server): string {
  const address = server.address()
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/`
}
