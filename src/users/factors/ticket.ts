import { decodeStrict, encode } from '../../crypto/base64url.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'

type Sealer = Pick<ServerKeys['data'], 'seal' | 'open'>

export interface TicketPlace {
  readonly kind: 'first-proof' | 'passkey-challenge' | 'totp-enrolment' | 'waiting'
  /** What it is good for: an interaction, a login, a form. */
  readonly scope: string
}

/**
 * What a form carries through a browser between two of its pages: sealed, for one place, and good
 * for so many seconds. Nothing has to remember it, and no junk request can make a row.
 */
export function sealTicket(
  sealer: Sealer,
  { kind, scope }: TicketPlace,
  { content, seconds }: { readonly content: object; readonly seconds: number },
): string {
  const text = JSON.stringify({ ...content, exp: Date.now() + seconds * 1000 })
  return encode(sealer.seal(`ticket ${kind}`, [scope], Buffer.from(text)))
}

/** What was sealed for this place, if its time is not over. */
export function openTicket<T extends object>(
  sealer: Sealer,
  { kind, scope }: TicketPlace,
  ticket: string,
): T | null {
  const sealed = decodeStrict(ticket)
  const opened = sealed && sealer.open(`ticket ${kind}`, [scope], sealed)
  if (!opened) return null
  const { exp, ...content } = JSON.parse(opened.toString()) as T & { readonly exp: number }
  return exp > Date.now() ? (content as unknown as T) : null
}
