import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { formatId, parseId } from '../../ids.ts'
import { endOtherLogins } from '../../sessions/ending/end-own.ts'
import { dropFactor } from '../../sessions/login/change-factors.ts'
import { type Factor, MOST_FACTORS } from '../../users/factors/factor.ts'
import { factorsOf, recoveryCodesLeft } from '../../users/factors/find-factors.ts'
import { relyingPartyOf } from '../../users/factors/relying-party.ts'
import { findUser } from '../../users/find-user.ts'
import type { AccountDeps } from '../account/deps.ts'
import { browserLogin } from '../interactions/browser-login.ts'
import { tellEnded } from '../interactions/outcomes.ts'
import { goOn, show } from '../interactions/show.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import { agoWords } from '../time-words.ts'
import { ACTIONS, listAfter } from './addresses.ts'
import type { Done, ShownFactor } from './models.ts'
import { provenAct, scopeOf } from './proven-login.ts'

/** What this browser's person proves themselves with. */
export function getFactors(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const login = await browserLogin(deps, ctx)
    const user = login && (await findUser(deps.db, login.userId))
    if (!login || !user) return goOn(ctx, '/login?to=security')
    const [factors, codesLeft] = await Promise.all([
      factorsOf(deps.db, user.id),
      recoveryCodesLeft(deps.db, user.id),
    ])
    const hasRoom = factors.length < MOST_FACTORS
    const isPasskeyHouse = relyingPartyOf(deps.config.issuer) !== null
    const now = new Date()
    const model = {
      action: ACTIONS.remove,
      csrf: await deps.csrf.issue(ctx, scopeOf(login)),
      username: user.username,
      done: doneIn(ctx),
      factors: factors.map((factor) => presentFactor(factor, now)),
      authenticatorHref: hasRoom ? '/account/security/authenticator' : null,
      passkeyHref: hasRoom && isPasskeyHouse ? '/account/security/passkey' : null,
      codesLeft,
      codesAction: ACTIONS.recoveryCodes,
      othersAction: ACTIONS.others,
    }
    show(ctx, deps.pages, { page: 'security/factors', model })
  }
}

const form = z.object({ factor: z.string().max(64) })

/** Takes one away; one that is gone already, or somebody else's, is no error. */
export function postRemove(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const removed = await provenAct(deps, { ctx, to: 'security' }, async (login) => {
      const id = parseId('fac', parse(form, await readForm(ctx)).factor)
      return id !== null && dropFactor(deps, login, id)
    })
    if (removed !== null) goOn(ctx, removed ? listAfter('removed') : '/account/security')
  }
}

/** Leaves the person no login but this one (ASVS 5.0 V7.4.3). */
export function postOthers(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const ended = await provenAct(deps, { ctx, to: 'security' }, (login) =>
      endOtherLogins(deps, login.userId, login.id),
    )
    if (!ended) return
    tellEnded(ended, 'logout_everywhere')
    goOn(ctx, listAfter('others'))
  }
}

const DONE: readonly string[] = ['added', 'removed', 'others'] satisfies Done[]

function doneIn({ query: { done } }: RouterContext): Done | null {
  return typeof done === 'string' && DONE.includes(done) ? (done as Done) : null
}

function presentFactor(factor: Factor, now: Date): ShownFactor {
  const { id, kind, name, backedUp, createdAt, lastUsedAt } = factor
  return {
    id: formatId('fac', id),
    isPasskey: kind === 'passkey',
    name,
    backedUp,
    addedAt: agoWords(createdAt, now),
    lastUsed: lastUsedAt && agoWords(lastUsedAt, now),
  }
}
