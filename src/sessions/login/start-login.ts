import { appendEntry, type SealedContext } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import { type Db, sqlTransaction } from '../../database/transaction.ts'
import { DomainError } from '../../errors.ts'
import { type LoginId, newId, type UserId } from '../../ids.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { passwordStands } from '../../users/password-proof.ts'
import { type Context, sealContext } from '../context/context.ts'
import type { LoginLimits, Proof } from './login.ts'
import { insertLogin, updateProof } from './login-store.ts'

interface Deps {
  readonly db: Db
  readonly keyring: Pick<Keyring, 'createLoginSecret' | 'loginKey'>
  readonly config: { readonly login: LoginLimits }
}

export interface ProvenUser {
  readonly userId: UserId
  readonly proof: Proof
  readonly context: Context
  /** Of the password that was verified; it must still be the user's when the proof is written. */
  readonly passwordVersion?: number
  /** The same context, sealed for the audit. */
  readonly auditContext?: SealedContext | null
}

/** Begins a login for a person who has just proved who they are. */
export async function startLogin(
  deps: Deps,
  user: ProvenUser,
): Promise<{ readonly id: LoginId; readonly authTime: Date }> {
  const id = newId<'lgn'>()
  const secret = await deps.keyring.createLoginSecret({ loginId: id, userId: user.userId })
  const key = await deps.keyring.loginKey(
    { ...secret, loginId: id, userId: user.userId },
    'login-data',
  )
  const contextSealed = sealContext(key, ['login', id], user.context)

  const authTime = await insertLogin(
    deps.db,
    {
      id,
      userId: user.userId,
      ...user.proof,
      secretWrapped: secret.wrapped,
      rootVersion: secret.rootVersion,
      contextSealed,
      ...deps.config.login,
      passwordVersion: user.passwordVersion ?? null,
    },
    {
      action: 'login.created',
      actor: { kind: 'user', id: user.userId },
      subject: { kind: 'login', id },
      detail: { acr: user.proof.acr, amr: user.proof.amr },
      context: user.auditContext ?? null,
    },
  )
  if (!authTime) throw new DomainError('invalid_credentials', 'the person may not log in')
  return { id, authTime }
}

/** Notes a fresh proof in a live login, whose limits count anew from it (NIST SP 800-63B-4 §5.2). */
export async function proveAgain(
  deps: Pick<Deps, 'db' | 'config'>,
  id: LoginId,
  user: ProvenUser,
): Promise<Date> {
  return sqlTransaction(deps.db, async (tx) => {
    await mustStand(tx, user)
    const authTime = await updateProof(tx, {
      id,
      userId: user.userId,
      ...user.proof,
      absoluteTimeout: deps.config.login.absoluteTimeout,
    })
    if (!authTime) throw new DomainError('login_ended', 'the login has ended')
    await appendEntry(tx, {
      action: 'login.proved_again',
      actor: { kind: 'user', id: user.userId },
      subject: { kind: 'login', id },
      detail: { acr: user.proof.acr, amr: user.proof.amr },
      context: user.auditContext ?? null,
    })
    return authTime
  })
}

// Hashing takes its time: whoever changes a password meanwhile means to keep its old holder out.
async function mustStand(tx: Sql, { userId, passwordVersion }: ProvenUser): Promise<void> {
  if (passwordVersion === undefined) return
  if (!(await passwordStands(tx, userId, passwordVersion)))
    throw new DomainError('invalid_credentials', 'the password was changed meanwhile')
}
