import type { Context } from 'koa'
import type { UserId } from '../../ids.ts'
import type { Earlier } from '../../sessions/login/log-in-further.ts'
import { factorsOf, recoveryCodesLeft } from '../../users/factors/find-factors.ts'
import { durationWords } from '../time-words.ts'
import { type Door, type DoorDeps, passkeyOf } from './door.ts'
import { sealFirstProof } from './first-proof.ts'
import { show } from './show.ts'
import type { FailedFactor } from './try-factor.ts'

/** What must have come before a second factor. */
export type BeforeFactor = Exclude<Earlier, { by: 'nothing' }>

/** Asks for a second factor, by whichever way the person has. */
export async function showFactors(
  deps: DoorDeps,
  ctx: Context,
  asked: { readonly door: Door; readonly earlier: BeforeFactor; readonly failed?: FailedFactor },
): Promise<void> {
  const { door, earlier, failed = null } = asked
  const userId = ownerOf(earlier)
  const [factors, codes, passkey] = await Promise.all([
    factorsOf(deps.db, userId),
    recoveryCodesLeft(deps.db, userId),
    passkeyOf(deps, door, userId),
  ])
  if (failed?.retryAfter) ctx.set('Retry-After', String(failed.retryAfter))
  const model = {
    action: door.factorAction,
    csrf: await deps.csrf.issue(ctx, door.scope),
    fields: door.fields,
    clientName: door.clientName,
    ticket: ticketOf(deps, door, earlier),
    isStepUp: earlier.by === 'login',
    hasApp: factors.some(({ kind }) => kind === 'totp'),
    hasCodes: codes > 0,
    passkey,
    error: failed?.error ?? null,
    by: failed?.by ?? null,
    retryAfter: failed?.retryAfter ? durationWords(failed.retryAfter) : null,
    cancelAction: door.cancelAction,
  }
  show(ctx, deps.pages, {
    page: 'second-factor',
    model,
    status: failed?.status ?? 200,
    leadsTo: door.leadsTo,
  })
}

function ownerOf(earlier: BeforeFactor): UserId {
  return earlier.by === 'password' ? earlier.first.userId : earlier.login.userId
}

/** Empty where the login itself is what came before. */
function ticketOf({ serverKeys }: DoorDeps, { scope }: Door, earlier: BeforeFactor): string {
  return earlier.by === 'password' ? sealFirstProof(serverKeys, scope, earlier.first) : ''
}
