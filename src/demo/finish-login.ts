import { authorizationCodeGrant, fetchUserInfo } from 'openid-client'
import type { PendingLogin } from './begin-login.ts'
import { parsePerson } from './claims.ts'
import type { Expiring } from './expiring.ts'
import type { Connect } from './provider.ts'
import { toRefusal } from './provider-failure.ts'
import { randomValue } from './random.ts'
import { Refusal } from './refusal.ts'
import { firstTokens } from './tokens.ts'
import { recentWorkspaces, type Visit, type Workspace } from './visit.ts'
import type { Visits } from './visits.ts'

interface Deps {
  readonly base: string
  readonly connect: Connect
  readonly pendingLogins: Expiring<PendingLogin>
  readonly visits: Visits
}

export interface LoginAnswer {
  readonly browser: string
  /** The query with which the provider sent the browser back. */
  readonly search: string
  /** What this browser had until now. */
  readonly before: Visit | null
}

export interface Arrived {
  readonly visit: Visit
  /** The workspace that was asked for, where it is not the one that was entered. */
  readonly insteadOf: string | null
}

/**
 * Opens a visit under a new id, and ends the one that this browser had.
 *
 * openid-client checks `iss`, `state`, `nonce`, the code verifier's answer and the ID token.
 */
export async function finishLogin(deps: Deps, answer: LoginAnswer): Promise<Arrived> {
  const url = new URL(`${deps.base}/callback${answer.search}`)
  const state = url.searchParams.get('state') ?? ''
  const pending = takePending(deps.pendingLogins, state, answer.browser)
  const visit = await exchange(deps.connect, { url, state, pending, before: answer.before }).catch(
    (error) => {
      throw toRefusal(error)
    },
  )
  if (!deps.visits.open(visit)) throw new Refusal('session_ended')
  if (answer.before) deps.visits.end(answer.before.id, 'replaced')
  return { visit, insteadOf: missedWorkspace(pending.workspace, visit.workspace) }
}

/** Looked at before it is taken, so that a stranger who learned a `state` cannot use it up. */
function takePending(pendingLogins: Expiring<PendingLogin>, state: string, browser: string) {
  const pending = pendingLogins.get(state)
  if (!pending || pending.browser !== browser) throw new Refusal('login_not_expected')
  pendingLogins.delete(state)
  return pending
}

async function exchange(
  connect: Connect,
  answer: {
    readonly url: URL
    readonly state: string
    readonly pending: PendingLogin
    readonly before: Visit | null
  },
): Promise<Visit> {
  const { configuration } = await connect()
  const response = await authorizationCodeGrant(configuration, answer.url, {
    pkceCodeVerifier: answer.pending.codeVerifier,
    expectedState: answer.state,
    expectedNonce: answer.pending.nonce,
    idTokenExpected: true,
  })
  const { tokens, claims } = firstTokens(response, new Date())
  const userInfo = await fetchUserInfo(configuration, tokens.accessToken, claims.sub)
  return {
    id: randomValue(),
    csrf: randomValue(),
    person: parsePerson(userInfo),
    workspace: claims.workspace,
    sid: claims.sid,
    tokens,
    recent: recentWorkspaces(answer.before, claims.workspace),
  }
}

/** People whose wish was refused may choose another workspace at the provider; they had better know it. */
function missedWorkspace(asked: string | null, { slug, id }: Workspace): string | null {
  return asked === slug || asked === id ? null : asked
}
