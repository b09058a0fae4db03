import { buildEndSessionUrl } from 'openid-client'
import type { Expiring } from './expiring.ts'
import type { Connect } from './provider.ts'
import { toRefusal } from './provider-failure.ts'
import { randomValue } from './random.ts'
import type { Visit } from './visit.ts'
import type { Visits } from './visits.ts'

interface Deps {
  readonly base: string
  readonly connect: Connect
  readonly pendingLogouts: Expiring<true>
  readonly visits: Visits
}

/** Ends the visit here first, then gives the address where the provider ends the rest. */
export async function logOut(deps: Deps, visit: Visit): Promise<URL> {
  deps.visits.end(visit.id, null)
  const state = randomValue()
  deps.pendingLogouts.set(state, true)
  const { configuration } = await deps.connect().catch((error) => {
    throw toRefusal(error)
  })
  return buildEndSessionUrl(configuration, {
    id_token_hint: visit.tokens.idToken,
    post_logout_redirect_uri: `${deps.base}/`,
    state,
  })
}
