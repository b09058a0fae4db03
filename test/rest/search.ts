import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A value to look for, with the name that a finding tells it by. */
export interface Sought {
  readonly name: string
  readonly value: string | Buffer
}

export interface Finding {
  readonly name: string
  readonly form: string
  readonly where: string
}

interface Needle extends Omit<Finding, 'where'> {
  readonly bytes: Buffer
  /** Compared without regard to the case of letters; the needle is in lower case. */
  readonly folded: boolean
}

const SHORTEST = 8

/** Whatever has a start of three bytes in common with a needle is looked at. */
const STARTS = 2 ** 24

/** Looks for values in all the forms in which a store or a log might write them down. */
export function searcher(sought: readonly Sought[]) {
  const needles = sought.flatMap(needlesOf)
  const exact = index(needles.filter(({ folded }) => !folded))
  const folded = index(needles.filter((needle) => needle.folded))
  return (where: string, bytes: Buffer): Finding[] =>
    [...exact(bytes), ...folded(lowerCase(bytes))].map(({ name, form }) => ({ name, form, where }))
}

function needlesOf({ name, value }: Sought): Needle[] {
  const bytes = Buffer.from(value)
  if (bytes.length < SHORTEST) throw new Error(`${name} is too short to be told from chance`)
  const hex = { name, form: 'hex', bytes: Buffer.from(bytes.toString('hex')), folded: true }
  const raw = { name, form: 'raw', bytes, folded: false }
  return [raw, hex, ...inBase64(name, bytes, 'base64'), ...inBase64(name, bytes, 'base64url')]
}

/**
 * Inside of something longer, a value begins at any of three places of a group of base64. The
 * letters that its neighbours have a part in are left out.
 */
function inBase64(name: string, bytes: Buffer, encoding: 'base64' | 'base64url'): Needle[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding)
    const whole = text.slice(
      Math.ceil((before * 8) / 6),
      Math.floor(((before + bytes.length) * 8) / 6),
    )
    return { name, form: `${encoding} after ${before}`, bytes: Buffer.from(whole), folded: false }
  })
}

/** One pass over the bytes for all needles: data folders are large. */
function index(needles: readonly Needle[]): (bytes: Buffer) => Set<Needle> {
  const known = new Uint8Array(STARTS / 8)
  const byStart = new Map<number, Needle[]>()
  for (const needle of needles) {
    const start = needle.bytes.readUIntBE(0, 3)
    known[start >> 3]! |= 1 << (start & 7)
    byStart.set(start, [...(byStart.get(start) ?? []), needle])
  }

  return (bytes) => {
    const found = new Set<Needle>()
    let start = bytes.length < 3 ? 0 : bytes.readUInt16BE(0)
    for (let at = 2; at < bytes.length; at += 1) {
      start = ((start << 8) | bytes[at]!) & 0xffffff
      if ((known[start >> 3]! & (1 << (start & 7))) === 0) continue
      for (const needle of byStart.get(start) ?? [])
        if (needle.bytes.equals(bytes.subarray(at - 2, at - 2 + needle.bytes.length)))
          found.add(needle)
    }
    return found
  }
}

function lowerCase(bytes: Buffer): Buffer {
  const folded = Buffer.from(bytes)
  for (let at = 0; at < folded.length; at += 1) {
    const byte = folded[at]!
    if (byte >= 0x41 && byte <= 0x5a) folded[at] = byte + 0x20
  }
  return folded
}

/** Every file of a folder, with its bytes; sockets and what goes away meanwhile are passed over. */
export async function* filesBelow(folder: string): AsyncGenerator<{ path: string; bytes: Buffer }> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (bytes) yield { path: path.slice(folder.length + 1), bytes }
  }
}
