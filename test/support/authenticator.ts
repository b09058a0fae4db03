import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** An authenticator with one passkey, and the browser around it, for tests of what servers judge. */
export interface Authenticator {
  /** Answers creation options, as a form brings it. */
  create(options: string, how?: Signing): string
  /** Answers request options. */
  get(options: string, how?: Signing): string
}

export interface Signing {
  readonly origin?: string
  /** Another relying party's name, as a phishing site would have it. */
  readonly rpId?: string
  readonly challenge?: string
  /** Whether it asked for a PIN or a finger. */
  readonly verifies?: boolean
  readonly signCount?: number
  readonly userHandle?: string
  /** Whether the owner's other devices have it too. */
  readonly synced?: boolean
}

interface Options {
  readonly challenge: string
  readonly rpId?: string
  readonly rp?: { readonly id: string }
  readonly user?: { readonly id: string }
}

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const BACKUP_ELIGIBLE = 0x08
const BACKED_UP = 0x10
const ATTESTED = 0x40

export function authenticator(origin: string): Authenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(16)
  let handle = ''

  const dataFor = (options: Options, how: Signing, attested: Buffer | null) => {
    const { verifies = true, synced = false, signCount = 0 } = how
    const flags =
      USER_PRESENT |
      (verifies ? USER_VERIFIED : 0) |
      (synced ? BACKUP_ELIGIBLE | BACKED_UP : 0) |
      (attested ? ATTESTED : 0)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(signCount)
    const rpId = how.rpId ?? options.rpId ?? options.rp?.id ?? ''
    return Buffer.concat([sha256(rpId), Buffer.of(flags), count, attested ?? Buffer.alloc(0)])
  }
  const clientData = (type: string, { challenge }: Options, how: Signing) =>
    Buffer.from(
      JSON.stringify({ type, challenge: how.challenge ?? challenge, origin: how.origin ?? origin }),
    )
  const answer = (response: object) =>
    JSON.stringify({ id: text(id), rawId: text(id), type: 'public-key', response })

  return {
    create(json, how = {}) {
      const options = JSON.parse(json) as Options
      handle = options.user?.id ?? ''
      const attested = Buffer.concat([
        Buffer.alloc(16),
        Buffer.of(0, id.length),
        id,
        cose(publicKey),
      ])
      const authData = dataFor(options, how, attested)
      return answer({
        clientDataJSON: text(clientData('webauthn.create', options, how)),
        attestationObject: text(
          cbor(
            new Map<unknown, unknown>([
              ['fmt', 'none'],
              ['attStmt', new Map()],
              ['authData', authData],
            ]),
          ),
        ),
        transports: ['internal'],
      })
    },
    get(json, how = {}) {
      const options = JSON.parse(json) as Options
      const authData = dataFor(options, how, null)
      const client = clientData('webauthn.get', options, how)
      const signed = Buffer.concat([authData, sha256(client)])
      return answer({
        clientDataJSON: text(client),
        authenticatorData: text(authData),
        signature: text(sign('sha256', signed, privateKey)),
        userHandle: how.userHandle ?? handle,
      })
    },
  }
}

/** ES256 as COSE writes it (RFC 9053 §7.1.1). */
function cose(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const bytes = (part: string) => Buffer.from(part, 'base64url')
  return cbor(
    new Map<unknown, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ]),
  )
}

/** As much of CBOR (RFC 8949) as is needed here. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)])
  if (!(value instanceof Map)) throw new TypeError('nothing that is written here')
  const parts = [...value].flatMap(([name, one]) => [cbor(name), cbor(one)])
  return Buffer.concat([head(5, value.size), ...parts])
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.of((major << 5) | count)
  if (count < 256) return Buffer.of((major << 5) | 24, count)
  return Buffer.of((major << 5) | 25, count >> 8, count & 0xff)
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}

function text(bytes: Buffer): string {
  return bytes.toString('base64url')
}
