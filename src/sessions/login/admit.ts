import type { Db } from '../../database/transaction.ts'
import { DomainError } from '../../errors.ts'
import type { LoginId } from '../../ids.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { type EndedSession, endLogin } from '../ending/end.ts'
import type { Login, LoginLimits, Proof } from './login.ts'
import { type ProvenUser, proveAgain, startLogin } from './start-login.ts'

interface Deps {
  readonly db: Db
  readonly keyring: Pick<Keyring, 'createLoginSecret' | 'loginKey'>
  readonly config: { readonly login: LoginLimits }
}

export interface Admitted {
  readonly ok: true
  readonly loginId: LoginId
  readonly userId: ProvenUser['userId']
  readonly authTime: Date
  readonly proof: Proof
  /** Sessions of the person who was logged in here before. */
  readonly ended: readonly EndedSession[]
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
): Promise<Admitted | typeof INVALID> {
  try {
    const { id, authTime } = await goOnOrBegin(deps, proven, current)
    const { userId, proof } = proven
    const ended = await endOther(deps, proven, current)
    return { ok: true, loginId: id, userId, authTime, proof, ended }
  } catch (error) {
    if (isRefused(error)) return INVALID
    throw error
  }
}

async function goOnOrBegin(deps: Deps, proven: ProvenUser, current: Login | null) {
  if (current?.userId !== proven.userId) return startLogin(deps, proven)
  try {
    return { id: current.id, authTime: await proveAgain(deps, current.id, proven) }
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
