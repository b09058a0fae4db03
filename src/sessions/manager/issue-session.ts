import type { EffectivePolicy } from '../../decisions/policy.ts'
import { newestToken } from './open-session-token.ts'
import { type Next, nextOf } from './renewal.ts'
import { type SessionView, viewOf } from './session-view.ts'
import type { TokenCheck } from './token-check.ts'
import type { ValidateDeps } from './validate-session.ts'

/** A session with its newest token, as it is handed out. */
export interface IssuedSession {
  readonly sessionToken: string
  readonly session: SessionView
  readonly next: Next
}

export async function issue(
  deps: Pick<ValidateDeps, 'config' | 'serverKeys' | 'keyring'>,
  check: TokenCheck,
  { rules }: EffectivePolicy,
): Promise<IssuedSession> {
  return {
    sessionToken: await newestToken(deps, check),
    session: viewOf(check),
    next: nextOf(check, deps.config.renewal, rules),
  }
}
