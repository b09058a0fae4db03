import { decodeStrict, encode } from '../../crypto/base64url.ts'
import { openJson, sealJson } from '../../crypto/envelope.ts'
import { formatId, parseId, type SessionId } from '../../ids.ts'

/**
 * An opaque access token is `sat_<session>.<sealed>`: all that it means lies inside, sealed under
 * the session's access-token key, so no row is written and the end of the session ends it.
 * A service without a session has `sat_service.<sealed>` under a key of the server.
 */
export type Holder = SessionId | 'service'

const LONGEST = 768

export function formatAccessToken(key: Uint8Array, holder: Holder, content: object): string {
  return `sat_${nameOf(holder)}.${encode(sealJson(key, content, ['access-token', holder]))}`
}

/** Who holds a presented token, read before anything is opened; null when it is not ours by form. */
export function parseAccessToken(text: string): { holder: Holder; sealed: Buffer } | null {
  if (text.length > LONGEST || !text.startsWith('sat_')) return null
  const dot = text.indexOf('.')
  if (dot === -1) return null
  const name = text.slice(4, dot)
  const holder = name === 'service' ? name : parseId('ses', `ses_${name}`)
  const sealed = decodeStrict(text.slice(dot + 1))
  return holder && sealed ? { holder, sealed } : null
}

/** What the token says, or null when another key sealed it, or for another holder. */
export function openAccessToken(key: Uint8Array, holder: Holder, sealed: Buffer): unknown {
  return openJson(key, sealed, ['access-token', holder])
}

function nameOf(holder: Holder): string {
  return holder === 'service' ? holder : formatId('ses', holder).slice(4)
}
