import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { keyRowOf } from '../session-key-row.ts'
import type { InvalidReason } from './judge-session-token.ts'
import { type Reach, reaches } from './reach.ts'
import {
  formatSessionToken,
  isSigned,
  type PresentedSessionToken,
  parseSessionToken,
} from './session-token.ts'
import type { ReadTokenCheck, TokenCheck } from './token-check.ts'

export interface OpenDeps {
  readonly config: { readonly issuer: string }
  readonly serverKeys: Pick<ServerKeys, 'key'>
  readonly keyring: Pick<Keyring, 'sessionKey'>
  readonly tokenChecks: ReadTokenCheck
}

export type OpenedSessionToken =
  | { readonly opened: true; readonly check: TokenCheck; readonly token: PresentedSessionToken }
  | { readonly opened: false; readonly reason: InvalidReason }

/** The session behind a token that we issued, live or not, with a signature that was checked if it can be. */
export async function openSessionToken(
  deps: OpenDeps,
  text: string,
  reach?: Reach,
): Promise<OpenedSessionToken> {
  const parsed = parseSessionToken(checkKeyOf(deps), deps.config.issuer, text)
  if (parsed.form === 'malformed') return { opened: false, reason: 'malformed' }
  if (parsed.form === 'foreign') return { opened: false, reason: 'bad_signature' }
  const { token } = parsed
  const check = await deps.tokenChecks(token.sessionId)
  if (!check || !reaches(reach, check.session)) return { opened: false, reason: 'not_found' }
  // With the key went the signature: that we issued the token is all that can be said then.
  if (!check.session.secretWrapped) return { opened: true, check, token }
  const key = await deps.keyring.sessionKey(keyRowOf(check.session), 'session-token')
  return isSigned(key, token)
    ? { opened: true, check, token }
    : { opened: false, reason: 'bad_signature' }
}

/** The token of the session's newest generation: made of its row, so it is the same each time. */
export async function newestToken(
  deps: Omit<OpenDeps, 'tokenChecks'>,
  check: TokenCheck,
): Promise<string> {
  const { session, generation, issuedAt, expiresAt } = check
  const sessionKey = await deps.keyring.sessionKey(keyRowOf(session), 'session-token')
  return formatSessionToken({ sessionKey, checkKey: checkKeyOf(deps) }, deps.config.issuer, {
    sessionId: session.id,
    workspaceId: session.workspaceId,
    generation,
    issuedAt,
    expiresAt: expiresAt ?? session.absoluteEndAt,
  })
}

export function checkKeyOf({ serverKeys }: Pick<OpenDeps, 'serverKeys'>): Buffer {
  return serverKeys.key('token-check', 'session')
}
