import { encode } from '../crypto/base64url.ts'
import { formatId, type SessionId, type UserId } from '../ids.ts'
import type { ServerKeys } from '../keys/data-keys.ts'
import type { Client } from './client.ts'

interface Deps {
  /** Hashes that a restore of the database does not change: relying parties know people by them. */
  readonly lookup: Pick<ServerKeys, 'durableHash'>
}

/** What of a client decides how it knows people. */
export type SubjectClient = Pick<Client, 'clientId' | 'metadata'>

const BYTES = 24

/**
 * The `sub` of a user for a client: the user's id, or for pairwise clients a value of the client's
 * sector alone (OpenID Connect Core §8.1), so that two sectors cannot match their users.
 */
export function subjectFor({ lookup }: Deps, client: SubjectClient, userId: UserId): string {
  if (!isPairwise(client)) return formatId('usr', userId)
  return short(lookup.durableHash('pairwise-sub', `${sectorOf(client)} ${userId}`))
}

/**
 * The `sid` of a session for a client. A pairwise client gets one of its own: the session's id
 * would let two of them find out that they serve the same person.
 */
export function sidFor({ lookup }: Deps, client: SubjectClient, sessionId: SessionId): string {
  if (!isPairwise(client)) return formatId('ses', sessionId)
  return short(lookup.durableHash('pairwise-sid', `${sessionId} ${client.clientId}`))
}

function isPairwise({ metadata }: SubjectClient): boolean {
  return metadata.subject_type === 'pairwise'
}

/** Host and port, as the provider's own check of a sector compares them. */
function sectorOf({ clientId, metadata }: SubjectClient): string {
  const uri = metadata.sector_identifier_uri ?? metadata.redirect_uris?.[0]
  if (!uri) throw new Error(`client ${clientId} is pairwise and has no sector`)
  return new URL(uri).host
}

function short(hash: Buffer): string {
  return encode(hash.subarray(0, BYTES))
}
