import { formatId, type LoginId, type SessionId, type UserId } from '../ids.ts'
import type { LimitReached } from '../sessions/limits/limit-reached.ts'

/** What the person's page must know of a workspace that has no room for them. */
export interface FullWorkspace {
  /** Whether they may end one of their own for it. */
  readonly mayChoose: boolean
  readonly max: number
  readonly candidates: readonly { readonly kind: 'login' | 'session'; readonly id: string }[]
  /** The same, by their identifiers outside. */
  readonly offered: readonly string[]
}

/** What is asked with the prompt, which the interaction keeps; of others' sessions it says nothing. */
export function detailsOf(full: LimitReached, userId: UserId): Record<string, unknown> {
  return {
    mayChoose: mayChoose(full, userId),
    max: full.reached.limit.max,
    candidates: ownIn(full, userId),
  }
}

/** Somebody with nothing of their own among what is counted has nothing to choose from. */
export function mayChoose(full: LimitReached, userId: UserId): boolean {
  return full.outcome === 'ask' && ownIn(full, userId).length > 0
}

function ownIn({ reached }: LimitReached, userId: UserId) {
  return reached.candidates
    .filter((one) => one.userId === userId)
    .map(({ kind, id }) => ({ kind, id }))
}

/** What `detailsOf` said, as an interaction gives it back. */
export function fullWorkspaceOf(details: object): FullWorkspace {
  const told = details as Partial<Pick<FullWorkspace, 'max' | 'candidates' | 'mayChoose'>>
  const { max = 0, candidates = [], mayChoose: may = false } = told
  const offered = candidates.map(({ kind, id }) =>
    kind === 'login' ? formatId('lgn', id as LoginId) : formatId('ses', id as SessionId),
  )
  return { mayChoose: may, max, candidates, offered }
}
