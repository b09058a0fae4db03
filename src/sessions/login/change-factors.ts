import type { Sql } from '../../database/sql.ts'
import { type Db, sqlTransaction } from '../../database/transaction.ts'
import { DomainError } from '../../errors.ts'
import type { FactorId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { addPasskey, type VerifiedPasskey } from '../../users/factors/enrol-passkey.ts'
import { addTotp } from '../../users/factors/enrol-totp.ts'
import { makeRecoveryCodes } from '../../users/factors/make-recovery-codes.ts'
import { noteAdded } from '../../users/factors/note-added.ts'
import { removeFactor } from '../../users/factors/remove-factor.ts'
import type { Login } from './login.ts'
import { lockToChangeFactors } from './login-store.ts'
import { mayChangeFactors } from './may-change-factors.ts'
import { stepUp } from './step-up.ts'

interface Deps {
  readonly db: Db
  readonly serverKeys: Pick<ServerKeys, 'data' | 'durable' | 'durableHash' | 'lookupHash'>
}

/** What came of adding one: recovery codes, if there were none yet; this is when they can be read. */
export type Added =
  | { readonly added: true; readonly recoveryCodes: readonly string[] | null }
  | { readonly added: false }

/** Adds an authenticator app to the person of a fresh login, which its first code raises at once. */
export function enrolTotp(
  deps: Deps,
  login: Login,
  app: { readonly secret: Buffer; readonly code: string; readonly name: string },
): Promise<Added> {
  const { id: loginId, userId } = login
  return changing(deps, login, async (tx) => {
    if (!(await addTotp(deps.serverKeys, tx, { ...app, userId, loginId }))) return { added: false }
    await stepUp({ db: tx }, login, { factor: { by: 'totp' }, auditContext: null })
    return { added: true, recoveryCodes: await noteAdded(deps.serverKeys, tx, userId) }
  })
}

export function enrolPasskey(
  deps: Deps,
  login: Login,
  { made, name }: { readonly made: VerifiedPasskey; readonly name: string },
): Promise<Added> {
  const { id: loginId, userId } = login
  return changing(deps, login, async (tx) => {
    if (!(await addPasskey(tx, { userId, loginId, name }, made))) return { added: false }
    return { added: true, recoveryCodes: await noteAdded(deps.serverKeys, tx, userId) }
  })
}

/** False when it was gone already. */
export function dropFactor(deps: Deps, login: Login, id: FactorId): Promise<boolean> {
  return changing(deps, login, (tx) => removeFactor(tx, login.userId, id))
}

/** A fresh set in place of the old one. */
export function renewRecoveryCodes(deps: Deps, login: Login): Promise<readonly string[]> {
  return changing(deps, login, (tx) => makeRecoveryCodes(deps.serverKeys, tx, login.userId))
}

/**
 * Changes what a person proves themselves with, in the name of a login that may.
 *
 * Both rows are held: a login that is ended meanwhile adds no key to the house that it was put out of.
 */
function changing<T>(deps: Deps, login: Login, work: (tx: Sql) => Promise<T>): Promise<T> {
  return sqlTransaction(deps.db, async (tx) => {
    const held = await lockToChangeFactors(tx, login.id)
    if (!held || !(await mayChangeFactors(tx, held)))
      throw new DomainError('login_required', 'this needs a fresh login')
    return work(tx)
  })
}
