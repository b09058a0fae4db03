import { type Actor, appendEntry } from '../../audit/append-entry.ts'
import { transaction } from '../../database/transaction.ts'
import type { EffectivePolicy } from '../../decisions/policy.ts'
import { DomainError } from '../../errors.ts'
import { newId, type SessionId } from '../../ids.ts'
import { parsePermissions } from '../../workspaces/role.ts'
import { DEFAULT_ELEVATION, type Elevation, UNSPECIFIED } from './elevation.ts'
import { insertElevation, withdrawElevations } from './elevation-store.ts'
import { judgeSessionToken } from './judge-session-token.ts'
import { openSessionToken } from './open-session-token.ts'
import { reaches } from './reach.ts'
import { asError } from './renew-session.ts'
import type { TokenCheck } from './token-check.ts'
import { policyOf, refuse, type ValidateDeps, type ValidateOptions } from './validate-session.ts'

export interface ElevationOptions extends Pick<ValidateOptions, 'reach'> {
  readonly by: Actor
  /** Seconds from now; the policy's default where nothing is said. */
  readonly lifetime?: number
  readonly reason?: string
}

export interface SetPermissions {
  /** Null where the list was empty, which takes everything back. */
  readonly elevation: Elevation | null
}

/**
 * Gives a session permissions for a while, in place of those it was given before: never beyond what
 * the person's roles may be given in that workspace, and with an end that needs nobody to act.
 */
export async function setSessionPermissions(
  deps: ValidateDeps,
  sessionToken: string,
  permissions: readonly string[],
  options: ElevationOptions,
): Promise<SetPermissions> {
  return elevate(deps, await liveCheck(deps, sessionToken, options), permissions, options)
}

/**
 * The same by the session's identifier: a browser's session has no session token, and what it is
 * given is told in its access tokens.
 */
export async function setPermissionsOfSession(
  deps: ValidateDeps,
  id: SessionId,
  permissions: readonly string[],
  options: ElevationOptions,
): Promise<SetPermissions> {
  const check = await deps.tokenChecks(id)
  if (!check || !reaches(options.reach, check.session)) throw asError('not_found')
  if (check.session.refusal) throw asError('invalidated', check.endCause)
  // What a refresh token keeps open has nobody in it who could use more.
  if (check.session.kind === 'offline')
    throw new DomainError(
      'permission_denied',
      'an offline session is given nothing beyond its roles',
    )
  return elevate(deps, check, permissions, options)
}

async function elevate(
  deps: ValidateDeps,
  check: TokenCheck,
  permissions: readonly string[],
  options: ElevationOptions,
): Promise<SetPermissions> {
  const wanted = parsePermissions(permissions)
  if (!wanted) throw new DomainError('invalid_request', 'permissions are at most 64 plain names')
  const policy = await policyOf(deps, check)
  const lifetime = lifetimeOf(policy, options)
  mustSayWhy(policy, options)
  mustBeAllowed(check, wanted)
  return write(deps, check, { wanted, lifetime, policy, options })
}

async function liveCheck(
  deps: ValidateDeps,
  sessionToken: string,
  { reach }: ElevationOptions,
): Promise<TokenCheck> {
  const opened = await openSessionToken(deps, sessionToken, reach)
  if (!opened.opened) throw asError(opened.reason)
  const judged = judgeSessionToken(opened.check, opened.token, deps.config.renewal)
  if (judged.verdict !== 'refused') return opened.check
  const { reason, endCause } = await refuse(deps, opened, judged.reason)
  throw asError(reason, endCause)
}

function lifetimeOf({ rules }: EffectivePolicy, { lifetime }: ElevationOptions): number {
  if (lifetime === undefined) return Math.min(DEFAULT_ELEVATION, rules.maxElevation)
  if (lifetime >= 1 && lifetime <= rules.maxElevation) return lifetime
  throw new DomainError('invalid_request', `an elevation lasts ${rules.maxElevation} s at most`, {
    details: { max_elevation: rules.maxElevation },
  })
}

function mustSayWhy({ rules }: EffectivePolicy, { reason }: ElevationOptions): void {
  if (rules.elevationReason && !reason?.trim())
    throw new DomainError('invalid_request', 'the policy asks for a reason')
}

function mustBeAllowed(check: TokenCheck, wanted: readonly string[]): void {
  const may = new Set([...check.permissions, ...check.elevations])
  const beyond = wanted.filter((permission) => !may.has(permission))
  if (beyond.length === 0) return
  throw new DomainError('permission_denied', 'the roles of this person may not be given that', {
    details: { not_allowed: beyond },
  })
}

interface Write {
  readonly wanted: readonly string[]
  readonly lifetime: number
  readonly policy: EffectivePolicy
  readonly options: ElevationOptions
}

function write(
  deps: ValidateDeps,
  { session }: TokenCheck,
  { wanted, lifetime, policy, options }: Write,
): Promise<SetPermissions> {
  const { by } = options
  const { workspaceId } = session
  return transaction(deps.db, async (tx) => {
    for (const id of await withdrawElevations(tx, session.id))
      await appendEntry(tx, {
        action: 'elevation.ended',
        actor: by,
        subject: { kind: 'elevation', id },
        workspaceId,
        detail: { cause: 'replaced', session: session.id },
      })
    if (wanted.length === 0) return { elevation: null }

    const elevation = await insertElevation(tx, {
      id: newId<'elv'>(),
      sessionId: session.id,
      permissions: wanted,
      reason: options.reason?.trim() || UNSPECIFIED,
      state: policy.rules.elevationApproval ? 'asked' : 'granted',
      requestedBy: nameOfActor(by),
      lifetime,
    })
    if (!elevation) throw asError('invalidated')
    await appendEntry(tx, {
      action: `elevation.${elevation.state}`,
      actor: by,
      subject: { kind: 'elevation', id: elevation.id },
      workspaceId,
      detail: {
        session: session.id,
        permissions: [...wanted],
        reason: elevation.reason,
        end_at: elevation.endAt.toISOString(),
      },
    })
    return { elevation }
  })
}

/** Tells two who act apart. */
function nameOfActor({ kind, id }: Actor): string {
  return id === undefined ? kind : `${kind}:${id}`
}
