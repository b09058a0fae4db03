import Provider, { errors } from 'oidc-provider'
import type { Actor } from '../../audit/append-entry.ts'
import { isConfidential } from '../../clients/client.ts'
import { formatId } from '../../ids.ts'
import { endGrant, endSession } from '../../sessions/ending/end.ts'
import { beginFamily, newFamily } from '../../sessions/tokens/begin-family.ts'
import { beginOfflineSession } from '../../sessions/tokens/begin-offline-session.ts'
import type { FamilyCheck } from '../../sessions/tokens/family-check.ts'
import {
  familyMaker,
  type PresentedToken,
  presentRefreshToken,
} from '../../sessions/tokens/present-refresh-token.ts'
import { presentAuthentication } from '../authentication-claims.ts'
import { checkedGrantOf } from '../checked-grant.ts'
import { contextOf } from '../context-of.ts'
import type { OidcDeps } from '../deps.ts'
import { deviceMark } from '../device.ts'
import { ALREADY_USED, isMovedOn } from '../move-family-on.ts'
import { adapterOf, epochSeconds, type ModelAdapter, type Payload, textOf } from '../payload.ts'
import { requireState } from '../request-state.ts'
import { browserOf, keepBrowser } from '../session-claims.ts'

/** Refresh tokens are derived: one row for a family's life, moved on by one compare-and-set. */
export function refreshTokenAdapter(deps: OidcDeps): ModelAdapter {
  return adapterOf('RefreshToken', {
    find: async (text) => {
      const by = deviceMark(deps.serverKeys, Provider.ctx!.req)
      const presented = await presentRefreshToken(deps, text, by)
      if (!presented) return undefined
      if (presented.verdict === 'ahead') return refuseTheFuture(deps, presented)
      await remember(deps, presented)
      return payloadOf(text, presented)
    },

    // A successor of a known family writes nothing: the row's generation is all there is. The nonce
    // is of the first ID token alone (OpenID Connect Core §12.2).
    upsert: async (_text, { jti: _, nonce: __, ...payload }) => {
      const state = requireState()
      const { making } = state
      if (!making) throw new Error('a refresh token needs a family')
      if (making.generation > 0) return
      const client = state.clients.get(textOf(payload, 'clientId'))
      if (!client) throw new Error('a family needs a client')
      const keyed = Boolean(payload.jkt || payload['x5t#S256'])
      const bound = keyed || isConfidential(client.metadata)
      const by = deviceMark(deps.serverKeys, Provider.ctx!.req)
      const kept = keepBrowser(payload, state.browser)
      const birth = { ...making, id: making.familyId, bound, by, payload: kept }
      const { checked } = state
      // Beside no session of its own, a family is written with the code that begets it.
      if (!making.draft) {
        state.born = newFamily(making.maker, birth)
        return
      }
      state.writes.push({
        alone: false,
        run: async (db) => {
          if (making.draft && checked) {
            const about = {
              beside: checked.session.id,
              clientId: client.id,
              grantId: checked.grantId,
              epoch: checked.epoch,
              scopes: checked.scopes,
            }
            await beginOfflineSession(db, making.draft, about)
          }
          await beginFamily(db, making.maker, birth)
        },
      })
    },

    consume: async () => {
      const { presented, writes } = requireState()
      if (!presented) return
      const by = deviceMark(deps.serverKeys, Provider.ctx!.req)
      writes.push({
        alone: true,
        run: async () => {
          if (!(await isMovedOn(deps, presented, by))) throw new errors.InvalidGrant(ALREADY_USED)
        },
      })
    },

    // Twice does the library come here: when a token that was replaced is used again, after it has
    // checked client and key; and when its client revokes it.
    destroy: async () => {
      const { presented } = requireState()
      if (!presented) return
      const by = { kind: 'client', id: presented.check.client.clientId } as const
      if (Provider.ctx!.oidc.route === 'revocation') await endRevoked(deps, presented.check, by)
      else await endReused(deps, presented)
    },
  })
}

async function remember(deps: OidcDeps, presented: PresentedToken): Promise<void> {
  const state = requireState()
  const { check } = presented
  state.presented = presented
  for (const resource of check.resources) state.resources.set(resource.identifier, resource)
  state.checked = checkedGrantOf(check)
  state.browser = browserOf(presented)
  state.making = {
    maker: await familyMaker(deps, check.session),
    familyId: check.family.id,
    generation: presented.generation + 1,
    session: check.session,
    grantId: check.grant.id,
    epoch: check.grant.epoch,
    draft: null,
  }
}

function payloadOf(text: string, { check, generation, verdict, payload }: PresentedToken): Payload {
  return {
    ...payload,
    ...presentAuthentication(check.session, payload),
    kind: 'RefreshToken',
    jti: text,
    grantId: check.grant.id,
    accountId: check.session.userId ? formatId('usr', check.session.userId) : undefined,
    clientId: check.client.clientId,
    rotations: generation,
    iat: epochSeconds(check.createdAt),
    exp: epochSeconds(check.session.absoluteEndAt),
    ...(verdict === 'reuse' ? { consumed: true } : {}),
  }
}

/** Only a database that was set back can know less than a token that it signed. */
function refuseTheFuture(deps: OidcDeps, { check, generation }: PresentedToken): undefined {
  deps.publish({ kind: 'time_went_backwards', family: check.family.id, generation })
  return undefined
}

/** A revoked token ends what the client may do; an offline session has nothing else to live for. */
async function endRevoked(deps: OidcDeps, check: FamilyCheck, by: Actor): Promise<void> {
  const ending = { cause: 'token_revoked', by } as const
  if (check.session.kind === 'offline') await endSession(deps, check.session.id, ending)
  else await endGrant(deps, check.grant.id, ending)
}

async function endReused(deps: OidcDeps, presented: PresentedToken): Promise<void> {
  const { check, generation } = presented
  const ctx = Provider.ctx!
  const at = { workspaceId: check.session.workspaceId, at: check.session.readAt }
  const ended = await endSession(deps, check.session.id, {
    cause: 'reuse',
    by: { kind: 'client', id: check.client.clientId },
    detail: { family: check.family.id, presented: generation, newest: check.family.generation },
    context: await deps.auditKeys.seal(deps.db, at, contextOf(ctx)),
  })
  deps.publish({ kind: 'refresh', outcome: 'reuse' })
  if (ended) deps.publish({ kind: 'session.ended', cause: 'reuse', session: ended.id })
}
