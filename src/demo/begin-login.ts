import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { Expiring } from './expiring.ts'
import type { Connect } from './provider.ts'
import { toRefusal } from './provider-failure.ts'

/** A login that is under way, known by its `state`. */
export interface PendingLogin {
  /** Which browser began it: an answer that another one brings was planted there. */
  readonly browser: string
  readonly codeVerifier: string
  readonly nonce: string
  readonly workspace: string | null
}

export interface LoginWish {
  readonly browser: string
  /** Id or slug; without it the provider decides, and asks when there are several. */
  readonly workspace: string | null
}

interface Deps {
  readonly base: string
  readonly connect: Connect
  readonly pendingLogins: Expiring<PendingLogin>
}

/** The address at the provider where this login goes on. */
export async function beginLogin(deps: Deps, wish: LoginWish): Promise<URL> {
  const { configuration } = await deps.connect().catch((error) => {
    throw toRefusal(error)
  })
  const state = randomState()
  const nonce = randomNonce()
  const codeVerifier = randomPKCECodeVerifier()
  const { browser, workspace } = wish
  deps.pendingLogins.set(state, { browser, codeVerifier, nonce, workspace })

  return buildAuthorizationUrl(configuration, {
    redirect_uri: `${deps.base}/callback`,
    scope: 'openid profile email',
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...(workspace !== null && { workspace }),
  })
}
