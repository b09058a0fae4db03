import { sameBytes } from '../../crypto/mac.ts'
import { Memory } from '../../lib/memory.ts'
import type { FeedView } from '../../revocation/follow-feed.ts'
import type { PresentedSessionToken } from './session-token.ts'

interface Verified {
  readonly token: PresentedSessionToken
  /** The wrapped secret whose key had signed it. */
  readonly wrapped: Uint8Array
}

/**
 * Session tokens whose form and signature were checked, so that the same letters are not checked
 * again. Whether a token is still good is another question, which this never answers.
 */
export interface VerifiedTokens {
  parsed(text: string): PresentedSessionToken | undefined
  /** Whether the key behind just these wrapped bytes had signed it. */
  isSignedUnder(text: string, wrapped: Uint8Array | null): boolean
  keep(text: string, token: PresentedSessionToken, wrapped: Uint8Array | null): void
}

export function rememberVerified(view: Pick<FeedView, 'onHeard'>, limit: number): VerifiedTokens {
  const memory = new Memory<Verified>(limit)
  view.onHeard((heard) => {
    if (heard === 'everything') memory.forgetAll()
    else memory.forget(heard)
  })
  return {
    parsed: (text) => memory.get(text)?.token,
    isSignedUnder: (text, wrapped) => {
      const known = memory.get(text)
      return known !== undefined && wrapped !== null && sameBytes(known.wrapped, wrapped)
    },
    keep: (text, token, wrapped) => {
      if (!wrapped) return
      const known = { token, wrapped: new Uint8Array(wrapped) }
      memory.keep(text, known, { standsOn: [token.sessionId], since: memory.mark() })
    },
  }
}
