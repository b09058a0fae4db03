import type { LoginId, UserId } from '../../ids.ts'
import type { CheckedSession } from '../session.ts'
import type { Grant } from '../tokens/grant.ts'

/** What a live login finds in a workspace that it comes to, for the client that sends it there. */
export interface Foothold {
  /** Its session there that nothing has marked as ended, live or not. */
  readonly session: CheckedSession | null
  /** What the client may do in that session. */
  readonly grant: Pick<Grant, 'id' | 'epoch' | 'scopes' | 'createdAt'> | null
  /** A session there was ended, and only a later proof leads back in. */
  readonly barred: boolean
  /** The key that wraps new sessions there; null where one must be made first. */
  readonly epochId: string | null
}

/** A login that was just read and stands, and when that was. */
export interface StandingLogin {
  readonly id: LoginId
  readonly userId: UserId
  readonly authTime: Date
  readonly acr: string
  readonly amr: readonly string[]
  readonly absoluteEndAt: Date
  readonly readAt: Date
}
