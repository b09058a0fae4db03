import { decodeStrict, encode } from '../../crypto/base64url.ts'
import { mac, sameBytes, truncatedMac } from '../../crypto/mac.ts'
import { type FamilyId, formatId, parseId } from '../../ids.ts'

/**
 * A refresh token is `srt_<family>.<generation>.<mac>.<tag>` and is derived, never stored.
 *
 * `mac` is made under the session's refresh key and dies with the session. `tag` is made under a
 * key of the server: it proves that we wrote these letters, and spares garbage a query.
 */
export interface RefreshToken {
  readonly familyId: FamilyId
  readonly generation: number
  readonly mac: Buffer
}

const TAG_BYTES = 8
const LONGEST = 160

export function formatRefreshToken(
  keys: { readonly refreshKey: Uint8Array; readonly checkKey: Uint8Array },
  familyId: FamilyId,
  generation: number,
): string {
  const signed = familyMac(keys.refreshKey, familyId, generation)
  const body = `${formatId('rtf', familyId).slice(4)}.${generation}.${encode(signed)}`
  return `srt_${body}.${encode(tagOf(keys.checkKey, body))}`
}

/** What a presented text says, if it is ours to the letter; its `mac` is still to be checked. */
export function parseRefreshToken(checkKey: Uint8Array, text: string): RefreshToken | null {
  if (text.length > LONGEST || !text.startsWith('srt_')) return null
  const [family = '', count = '', signed = '', tag = '', ...rest] = text.slice(4).split('.')
  if (rest.length > 0) return null

  const presentedTag = decodeStrict(tag)
  if (!presentedTag || !sameBytes(presentedTag, tagOf(checkKey, `${family}.${count}.${signed}`)))
    return null

  const familyId = parseId('rtf', `rtf_${family}`)
  const presentedMac = decodeStrict(signed)
  if (!familyId || !presentedMac || !/^(0|[1-9]\d{0,8})$/.test(count)) return null
  return { familyId, generation: Number(count), mac: presentedMac }
}

/** Whether the session's own key made this token. */
export function isAuthentic(refreshKey: Uint8Array, token: RefreshToken): boolean {
  return sameBytes(token.mac, familyMac(refreshKey, token.familyId, token.generation))
}

function familyMac(refreshKey: Uint8Array, familyId: FamilyId, generation: number): Buffer {
  return mac(refreshKey, [familyId, generation])
}

function tagOf(checkKey: Uint8Array, body: string): Buffer {
  return truncatedMac(checkKey, ['srt', body], TAG_BYTES)
}
