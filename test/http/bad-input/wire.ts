import { connect } from 'node:net'

/** One request as bytes, so that nothing on our side makes it better than it is. */
export interface Attack {
  readonly name: string
  readonly bytes: Buffer
  /** What it is at least: refused with 4xx, or answered without a fault. */
  readonly expected: 'refused' | 'answered'
  /** How a refusal looks. */
  readonly form: Form
  /** Nothing more is sent, though more was promised. */
  readonly breaksOff: boolean
}

/**
 * `oauth`: as RFC 6749 §5.2 has it; `json`: that, or a problem of RFC 9457; `empty`: an asset's,
 * which may also be a problem; `none`: what cannot have a body.
 */
export type Form = 'page' | 'oauth' | 'json' | 'empty' | 'none'

export interface Answer {
  /** 0 where the connection was closed without a word. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Headers = Readonly<Record<string, string | readonly string[]>>

export interface Message {
  readonly method: string
  readonly target: string
  readonly headers?: Headers
  readonly body?: string | Buffer
}

/** The bytes of a request; a length is told unless the headers tell one, or something instead. */
export function bytesOf({ method, target, headers = {}, body = '' }: Message): Buffer {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const length = names.some((name) => /^(content-length|transfer-encoding)$/.test(name))
    ? {}
    : { 'Content-Length': String(Buffer.byteLength(body)) }
  const all = { ...headers, Connection: 'close', ...(body.length > 0 ? length : {}) }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}\r\n`),
  )
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
  return Buffer.concat([head, Buffer.from(body)])
}

const PATIENCE = 10_000

/** Sends and hears until the server hangs up; rejects when it neither answers nor does. */
export function exchange(
  port: number,
  { bytes, breaksOff }: Pick<Attack, 'bytes' | 'breaksOff'>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(PATIENCE, () => {
      socket.destroy()
      reject(new Error(`no answer in ${PATIENCE} ms`))
    })
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    // It may hang up while we still send.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(parsed(Buffer.concat(chunks).toString('latin1'))))
    // The end of what we send would be the end of the request, answered or not.
    if (breaksOff) socket.end(bytes)
    else socket.write(bytes)
  })
}

function parsed(all: string): Answer {
  // What asks us to go on comes before the answer.
  const text = all.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, '')
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end === -1 ? text.length : end).split('\r\n')
  const pairs = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  const body = end === -1 ? '' : text.slice(end + 4)
  return { status: Number(first.slice(9, 12)), headers: Object.fromEntries(pairs), body }
}
