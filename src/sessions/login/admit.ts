import { appendEntry } from '../../audit/append-entry.ts'
import type { Db } from '../../database/transaction.ts'
import type { Policies } from '../../decisions/policies.ts'
import { DomainError } from '../../errors.ts'
import type { LoginId } from '../../ids.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { type EndedSession, endLogin } from '../ending/end.ts'
import { LimitReached } from '../limits/limit-reached.ts'
import type { Login, LoginLimits, Proof } from './login.ts'
import { type ProvenUser, proveAgain, type StartedLogin, startLogin } from './start-login.ts'

interface Deps {
  readonly db: Db
  readonly keyring: Pick<Keyring, 'createLoginSecret' | 'loginKey'>
  readonly policies: Pick<Policies, 'effectiveFor'>
  readonly config: { readonly login: LoginLimits }
}

export interface Admitted {
  readonly ok: true
  readonly loginId: LoginId
  readonly userId: ProvenUser['userId']
  readonly authTime: Date
  readonly proof: Proof
  /** Sessions of the person who was logged in here before, and those that made room for this login. */
  readonly ended: readonly EndedSession[]
}

/** The person is who they say, and in as many places as they may be. */
export interface NoRoom {
  readonly ok: false
  readonly reason: 'limit_reached'
  readonly proven: ProvenUser
  readonly refusal: LimitReached
}

const INVALID = { ok: false, reason: 'invalid_credentials' } as const

/**
 * Lets a person in who has proved who they are. The login that their browser holds goes on where it
 * is theirs, with its limits counted anew; where it is somebody else's, it ends: one browser never
 * stands for two people.
 */
export async function admit(
  deps: Deps,
  proven: ProvenUser,
  current: Login | null,
): Promise<Admitted | NoRoom | typeof INVALID> {
  try {
    const { id, authTime, evicted } = await goOnOrBegin(deps, proven, current)
    const { userId, proof } = proven
    const ended = [...evicted, ...(await endOther(deps, proven, current))]
    return { ok: true, loginId: id, userId, authTime, proof, ended }
  } catch (error) {
    if (isRefused(error)) return INVALID
    if (error instanceof LimitReached) return noRoom(deps, proven, error)
    throw error
  }
}

async function goOnOrBegin(
  deps: Deps,
  proven: ProvenUser,
  current: Login | null,
): Promise<StartedLogin> {
  if (current?.userId !== proven.userId) return startLogin(deps, proven)
  try {
    const authTime = await proveAgain(deps, current.id, proven)
    return { id: current.id, authTime, evicted: [] }
  } catch (error) {
    // It ended while the password was verified; what ended stays so.
    if (error instanceof DomainError && error.code === 'login_ended')
      return startLogin(deps, proven)
    throw error
  }
}

async function endOther(deps: Deps, { userId }: ProvenUser, current: Login | null) {
  if (!current || current.userId === userId) return []
  const by = { kind: 'user', id: userId } as const
  return endLogin(deps, current.id, { cause: 'switched_user', by })
}

/** The password was changed, a factor added, or the person disabled, after it was verified. */
function isRefused(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'invalid_credentials'
}

async function noRoom({ db }: Deps, proven: ProvenUser, refusal: LimitReached): Promise<NoRoom> {
  const { userId: id, auditContext: context = null } = proven
  await appendEntry(db, {
    action: 'login.refused',
    actor: { kind: 'user', id },
    subject: { kind: 'user', id },
    detail: { reason: refusal.code, ...refusal.details },
    context,
  })
  return { ok: false, reason: 'limit_reached', proven, refusal }
}
