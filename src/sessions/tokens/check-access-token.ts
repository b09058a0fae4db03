import { z } from 'zod'
import { DomainError } from '../../errors.ts'
import type { FamilyId, SessionId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { BriefStay } from '../brief-stay.ts'
import { keyRowOf } from '../session-key-row.ts'
import type { Stay } from '../stay.ts'
import { openAccessToken, parseAccessToken } from './access-token.ts'
import { openServiceToken } from './service-token.ts'

/** What lies sealed in an opaque access token; one letter each, for the token travels a lot. */
export const accessTokenContent = z.object({
  /** jti */
  j: z.string(),
  /** client_id */
  c: z.string(),
  /** grant, its epoch, and the family that was born with the token */
  g: z.string().optional(),
  e: z.number().optional(),
  f: z.string().optional(),
  /** scope */
  s: z.string().optional(),
  /** aud */
  a: z.string().optional(),
  /** cnf: jkt, x5t#S256 */
  k: z.string().optional(),
  x: z.string().optional(),
  /** iat, exp: seconds since 1970 */
  i: z.number(),
  t: z.number(),
  /** grant type, and for an offline session the sid of the stay in the browser */
  y: z.string().optional(),
  q: z.string().optional(),
})
export type AccessTokenContent = z.infer<typeof accessTokenContent>

export interface StandingToken<S extends BriefStay = Stay> {
  readonly content: AccessTokenContent
  readonly stay: S
  readonly grant: S['grants'][number]
}

interface Deps<S> {
  readonly keyring: Pick<Keyring, 'sessionKey'>
  readonly serverKeys: Pick<ServerKeys, 'key'>
  readonly stays: (id: SessionId) => Promise<S | undefined>
}

/** Where it comes with a stay, with as much of it as was read. */
export type FoundAccessToken<S extends BriefStay = Stay> =
  | ({ readonly of: 'session' } & StandingToken<S>)
  | { readonly of: 'service'; readonly content: AccessTokenContent }

/** The opaque token behind a text, if all that it stands on still stands; its expiry is the caller's. */
export async function checkAccessToken<S extends BriefStay>(
  deps: Deps<S>,
  text: string,
): Promise<FoundAccessToken<S> | null> {
  const parsed = parseAccessToken(text)
  if (!parsed) return null
  if (parsed.holder === 'service') {
    const content = read(openServiceToken(deps.serverKeys, parsed.sealed, new Date()))
    return content && { of: 'service', content }
  }

  const stay = await deps.stays(parsed.holder)
  if (!stay || stay.session.refusal) return null
  const key = await keyOf(deps, stay)
  const content = key && read(openAccessToken(key, parsed.holder, parsed.sealed))
  return content && standing(content, stay)
}

/** Null for a key that went after its row was read, or is of a life before a restore. */
async function keyOf(
  { keyring }: Pick<Deps<unknown>, 'keyring'>,
  { session }: BriefStay,
): Promise<Buffer | null> {
  try {
    return await keyring.sessionKey(keyRowOf(session), 'access-token')
  } catch (error) {
    if (error instanceof DomainError && error.code === 'key_destroyed') return null
    throw error
  }
}

/** The same for a token that is read otherwise: a JWT names its session and grant in the open. */
export function standing<S extends BriefStay>(
  content: AccessTokenContent,
  stay: S,
): FoundAccessToken<S> | null {
  const grant = stay.grants.find(({ id }) => id === content.g)
  if (!grant || grant.epoch !== content.e || grant.clientName !== content.c) return null
  if (stay.revoked.includes(content.j)) return null
  if (content.f && stay.revoked.includes(familyMark(content.f as FamilyId))) return null
  return { of: 'session', content, stay, grant }
}

/** How the list of revoked tokens names all access tokens of one family. */
export function familyMark(familyId: FamilyId): string {
  return `family:${familyId}`
}

function read(content: unknown): AccessTokenContent | null {
  const parsed = accessTokenContent.safeParse(content)
  return parsed.success ? parsed.data : null
}
