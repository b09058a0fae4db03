import type { Sql } from '../../database/sql.ts'
import type { UserId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Login } from '../../sessions/login/login.ts'
import { makeChallenge } from '../../users/factors/challenge.ts'
import { passkeysOf } from '../../users/factors/find-factors.ts'
import { requestOptions } from '../../users/factors/passkey-options.ts'
import { relyingPartyOf } from '../../users/factors/relying-party.ts'
import type { Csrf } from '../middleware/csrf.ts'
import type { Pages } from '../pages.ts'
import type { Field, PasskeyOffer } from '../view-models.ts'

/** Where people log in: at an application's request, or at their own page. */
export interface Door {
  /** What its forms belong to. */
  readonly scope: string
  readonly loginAction: string
  readonly factorAction: string
  readonly passkeyAction: string
  /** Where somebody says what is to make room for them; null where nobody comes in anew. */
  readonly roomAction: string | null
  readonly cancelAction: string | null
  /** What else its forms are for, where a person confirms an act. */
  readonly fields: readonly Field[]
  /** The login that this browser holds. */
  readonly current: Login | null
  /** The same where a further factor alone is enough here; elsewhere it comes after a password. */
  readonly raises: Login | null
  readonly clientName: string | null
  readonly leadsTo: readonly string[]
}

export interface DoorDeps {
  readonly db: Sql
  readonly serverKeys: Pick<ServerKeys, 'data'>
  readonly config: { readonly issuer: string }
  readonly pages: Pages
  readonly csrf: Csrf
}

/** How a page lets in by any passkey; null where there can be none. */
export function anyPasskey(deps: DoorDeps, { scope, passkeyAction }: Door): PasskeyOffer | null {
  return offer(deps, { scope, action: passkeyAction, known: [] })
}

/** The same for the passkeys of one person; null where they have none. */
export async function passkeyOf(
  deps: DoorDeps,
  { scope, factorAction: action }: Door,
  userId: UserId,
): Promise<PasskeyOffer | null> {
  const known = await passkeysOf(deps.db, userId)
  return known.length === 0 ? null : offer(deps, { scope, action, known })
}

function offer(
  { serverKeys, config }: DoorDeps,
  asked: {
    readonly scope: string
    readonly action: string
    readonly known: Parameters<typeof requestOptions>[1]['known']
  },
): PasskeyOffer | null {
  const house = relyingPartyOf(config.issuer)
  if (!house) return null
  const { bytes, ticket } = makeChallenge(serverKeys, asked.scope)
  const options = requestOptions(house, { challenge: bytes, known: asked.known })
  return { action: asked.action, challenge: ticket, options: JSON.stringify(options) }
}
