import type { ClientMetadata } from '../clients/client-metadata.ts'
import { coalesce } from '../database/coalesce.ts'
import type { Sql } from '../database/sql.ts'
import type { ClientId, GrantId, SessionId } from '../ids.ts'
import type { User } from '../users/user.ts'
import type { Elevated } from './elevation-column.ts'
import type { CheckedSession } from './session.ts'
import { readStays } from './stay-store.ts'
import type { GrantedScopes } from './tokens/grant.ts'

/** A session with all that a check of its access tokens must know, from one statement. */
export interface Stay {
  readonly session: CheckedSession
  readonly user: User | null
  readonly grants: readonly StandingGrant[]
  /** Identifiers of access tokens of this session that were revoked one by one. */
  readonly revoked: readonly string[]
  readonly elevated: Elevated | null
}

export interface StandingGrant {
  readonly id: GrantId
  readonly clientId: ClientId
  /** What the protocol calls client_id. */
  readonly clientName: string
  /** What decides how the client knows people, if it knows them by a name of its own. */
  readonly sector: Sector | null
  readonly epoch: number
  readonly scopes: GrantedScopes
  /** As JSON writes it. */
  readonly createdAt: string
}

export type Sector = Pick<
  ClientMetadata,
  'subject_type' | 'redirect_uris' | 'sector_identifier_uri'
>

export type ReadStay = (id: SessionId) => Promise<Stay | undefined>

/** Reads sessions for the checks that are asked for at about the same time, in one statement. */
export function stayReader(db: Sql): ReadStay {
  return coalesce((ids: readonly SessionId[]) => readStays(db, ids), {
    keyOf: (id) => id,
    maxBatch: 200,
    maxInFlight: 4,
  })
}
