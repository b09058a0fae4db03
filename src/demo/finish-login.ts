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

/**
 * Opens a visit under a new id, and ends the one that this browser had.
 *
 * openid-client checks `iss`, `state`, `nonce`, the code verifier's answer and the ID token.
 */
export async function finishLogin(deps: Deps, answer: LoginAnswer): Promise<Visit> {
  const url = new URL(`${deps.base}/callback${answer.search}`)
  const state = url.searchParams.get('state') ?? ''
  const pending = takePending(deps.pendingLogins, state, answer.browser)
  const visit = await exchange(deps.connect, { url, state, pending, before: answer.before }).catch(
    (error) => {
      throw toRefusal(error)
    },
  )
  refuseOtherWorkspace(pending.workspace, visit.workspace)
  if (!deps.visits.open(visit)) throw new Refusal('session_ended')
  if (answer.before) deps.visits.end(answer.before.id, 'replaced')
  return visit
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

/** Who asked for one workspace shall not type into another. */
function refuseOtherWorkspace(asked: string | null, entered: Workspace): void {
  if (asked !== null && asked !== entered.slug && asked !== entered.id)
    throw new Refusal('wrong_workspace')
}
