import { createHmac } from 'node:crypto'
import { decodeStrict, encode } from '../../crypto/base64url.ts'
import { handleOf } from '../../crypto/handle.ts'
import { sameBytes, truncatedMac } from '../../crypto/mac.ts'
import { formatId, parseId, type SessionId, type WorkspaceId } from '../../ids.ts'

/**
 * A session token is a JWS (RFC 7515) signed with HS256 under a key of its session alone, and dead
 * from the moment that key is destroyed.
 *
 * `ctl` in its header is a MAC under a key of the server that outlives the session. It proves that
 * we issued the token and nothing more: so garbage costs no query, and only who holds a real token
 * is told that it expired or was invalidated.
 */
export interface SessionTokenContent {
  readonly sessionId: SessionId
  readonly workspaceId: WorkspaceId
  readonly generation: number
  readonly issuedAt: Date
  readonly expiresAt: Date
}

export interface SessionTokenKeys {
  /** Of the session, for `session-token`. */
  readonly sessionKey: Uint8Array
  /** Of the server, for `token-check`. */
  readonly checkKey: Uint8Array
}

export interface PresentedSessionToken {
  readonly sessionId: SessionId
  readonly generation: number
  /** Seconds since 1970. */
  readonly exp: number
  readonly signingInput: string
  readonly signature: string
}

const TYPE = 'sojourn-session+jwt'
const CONTROL_BYTES = 16
const LONGEST = 1024

/** The one spelling of a session's token of one generation: the same content gives the same token. */
export function formatSessionToken(
  { sessionKey, checkKey }: SessionTokenKeys,
  issuer: string,
  content: SessionTokenContent,
): string {
  const kid = formatId('ses', content.sessionId)
  const body = encodeJson({
    iss: issuer,
    aud: issuer,
    sid: kid,
    workspace_id: formatId('wsp', content.workspaceId),
    gen: content.generation,
    iat: seconds(content.issuedAt),
    exp: seconds(content.expiresAt),
  })
  const ctl = encode(controlOf(checkKey, kid, body))
  const signingInput = `${encodeJson({ alg: 'HS256', typ: TYPE, kid, ctl })}.${body}`
  return `${signingInput}.${signatureOf(sessionKey, signingInput)}`
}

export type ParsedSessionToken =
  | { readonly form: 'ours'; readonly token: PresentedSessionToken }
  /** Not the form of a session token at all. */
  | { readonly form: 'malformed' }
  /** The form is right, and we never issued it. */
  | { readonly form: 'foreign' }

const MALFORMED: ParsedSessionToken = { form: 'malformed' }

/** Judges form and origin; whether its session signed it needs the session's key. */
export function parseSessionToken(
  checkKey: Uint8Array,
  issuer: string,
  text: string,
): ParsedSessionToken {
  if (text.length > LONGEST) return MALFORMED
  const [head = '', body = '', signature = '', ...rest] = text.split('.')
  if (rest.length > 0 || signature.length === 0) return MALFORMED
  const header = readJson(head)
  const claims = readJson(body)
  if (header?.alg !== 'HS256' || header.typ !== TYPE || claims === null) return MALFORMED

  const { kid, ctl } = header
  const sessionId = parseId('ses', kid)
  const control = typeof ctl === 'string' ? decodeStrict(ctl) : null
  const { gen, exp, iss, aud, sid } = claims
  if (!sessionId || !control || !isCount(gen) || !isCount(exp) || sid !== kid) return MALFORMED

  const isOurs = sameBytes(control, controlOf(checkKey, kid as string, body))
  // A token of another server of ours may share keys, and still is not for this one.
  if (!isOurs || iss !== issuer || aud !== issuer) return { form: 'foreign' }
  const signingInput = `${head}.${body}`
  return { form: 'ours', token: { sessionId, generation: gen, exp, signingInput, signature } }
}

/** Whether the session's own key signed these very letters: another spelling of them is refused. */
export function isSigned(sessionKey: Uint8Array, token: PresentedSessionToken): boolean {
  const expected = Buffer.from(signatureOf(sessionKey, token.signingInput))
  return sameBytes(Buffer.from(token.signature), expected)
}

function signatureOf(sessionKey: Uint8Array, signingInput: string): string {
  return createHmac('sha256', handleOf(sessionKey)).update(signingInput).digest('base64url')
}

function controlOf(checkKey: Uint8Array, kid: string, body: string): Buffer {
  return truncatedMac(checkKey, ['session-token', kid, body], CONTROL_BYTES)
}

function encodeJson(value: object): string {
  return encode(Buffer.from(JSON.stringify(value)))
}

function readJson(part: string): Record<string, unknown> | null {
  const bytes = decodeStrict(part)
  if (!bytes) return null
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}
