import type { CheckedSession } from './session.ts'
import type { StandingGrant } from './stay.ts'

/** As much of a stay as an answer about one of its access tokens takes. */
export interface BriefStay {
  readonly session: BriefSession
  readonly grants: readonly BriefGrant[]
  /** Identifiers of access tokens of this session that were revoked one by one. */
  readonly revoked: readonly string[]
}

export type BriefSession = Pick<
  CheckedSession,
  | 'id'
  | 'workspaceId'
  | 'workspaceSlug'
  | 'roles'
  | 'userId'
  | 'epochId'
  | 'secretWrapped'
  | 'absoluteEndAt'
  | 'authTime'
  | 'acr'
  | 'amr'
  | 'refusal'
  | 'readAt'
>

export type BriefGrant = Pick<StandingGrant, 'id' | 'clientName' | 'sector' | 'epoch' | 'scopes'>
