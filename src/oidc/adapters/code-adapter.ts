import Provider, { errors } from 'oidc-provider'
import { newId } from '../../ids.ts'
import { draftOfflineSession } from '../../sessions/tokens/begin-offline-session.ts'
import { familyMaker } from '../../sessions/tokens/present-refresh-token.ts'
import {
  consumeCode,
  endFamily,
  type PresentedCode,
  presentCode,
  redeemCode,
  sealCode,
} from '../../sessions/tokens/redeem-code.ts'
import { presentAuthentication } from '../authentication-claims.ts'
import type { OidcDeps } from '../deps.ts'
import { adapterOf, epochSeconds, type ModelAdapter, type Payload, textOf } from '../payload.ts'
import { requireState } from '../request-state.ts'

/** Authorization codes: stored by keyed hash, sealed, redeemed by exactly one request. */
export function codeAdapter(deps: OidcDeps): ModelAdapter {
  return adapterOf('AuthorizationCode', {
    upsert: async (code, { jti: _, ...payload }, expiresIn) => {
      const state = requireState()
      const { arriving } = state
      if (!arriving) throw new Error('a code needs a session and a grant')
      const { epoch } = arriving.grant
      state.code = { ...sealCode(deps, code, { epoch, payload }), expiresIn }
    },

    find: async (code) => {
      const presented = await presentCode(deps, code)
      if (!presented) return undefined
      const state = requireState()
      const { check } = presented
      state.redeemed = presented
      state.checked = { ...check, createdAt: check.grantCreatedAt }
      if (presented.use === 'first') await prepareFamily(deps, presented)
      return payloadOf(code, presented)
    },

    consume: async (code) => {
      const state = requireState()
      const { making, redeemed } = state
      if (!redeemed) throw new Error('a code is looked up before it is consumed')
      const sessionId = redeemed.check.session.id
      const familyId = making?.familyId ?? null
      state.writes.push({
        alone: true,
        run: async (db) => {
          const at = { ...deps, db }
          const won = state.born
            ? await redeemCode(at, code, state.born)
            : await consumeCode(at, code, { sessionId, familyId })
          if (!won) throw new errors.InvalidGrant('authorization code already consumed')
        },
      })
    },

    // The library says so when a code comes again, after it has checked whose code it is.
    revokeByGrantId: async () => {
      const { redeemed } = requireState()
      if (redeemed?.use !== 'replayed' || !redeemed.check.familyId) return
      const by = { kind: 'client', id: redeemed.check.clientName } as const
      const { familyId, session } = redeemed.check
      if (
        await endFamily(
          deps,
          { id: familyId, bornIn: session.id, workspaceId: session.workspaceId },
          by,
        )
      )
        deps.publish({ kind: 'code.replayed' })
    },
  })
}

function payloadOf(code: string, { check, payload, use }: PresentedCode): Payload {
  if (use === 'first')
    return { ...payload, ...presentAuthentication(check.session, payload), jti: code }
  // The library looks at the time before it looks at the use; a late thief would go unnoticed.
  const exp = Math.floor(Date.now() / 1000) + 60
  return { ...payload, jti: code, consumed: true, exp }
}

/** The family that a redemption will beget: named now, so that its tokens can be derived. */
async function prepareFamily(deps: OidcDeps, { check, payload }: PresentedCode): Promise<void> {
  const state = requireState()
  const draft = staysAway(payload) ? await draftOfflineSession(deps, check.session) : null
  const { session, grantId, epoch } = draft ?? check
  const maker = await familyMaker(deps, session)
  const familyId = newId<'rtf'>()
  state.making = { maker, familyId, generation: 0, session, grantId, epoch, draft }
  const end = epochSeconds(check.session.absoluteEndAt)
  state.browser = draft && { sid: textOf(payload, 'sid'), end }
}

/** Without a refresh token there is no offline session, and nothing that could live in it. */
function staysAway({ scope }: Payload): boolean {
  const scopes = String(scope ?? '').split(' ')
  const refreshes = Provider.ctx?.oidc.client?.grantTypeAllowed('refresh_token') ?? false
  return refreshes && scopes.includes('offline_access')
}
