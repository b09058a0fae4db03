import { appendEntry, type SealedContext } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import { type Db, sqlTransaction } from '../../database/transaction.ts'
import type { Room } from '../../decisions/make-room.ts'
import type { Policies } from '../../decisions/policies.ts'
import { DomainError } from '../../errors.ts'
import { type LoginId, newId, type UserId } from '../../ids.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { passwordStands } from '../../users/password-proof.ts'
import { workspacesOf } from '../../workspaces/find-membership.ts'
import { type Context, sealContext } from '../context/context.ts'
import { deviceClassOf } from '../context/device-class.ts'
import type { EndedSession } from '../ending/end.ts'
import { type Coming, type CountedCandidate, comingOf } from '../limits/coming.ts'
import { lookForRoom, makeRoom } from '../limits/make-room.ts'
import type { LoginLimits, Proof } from './login.ts'
import { holdPerson, insertLogin, type NewLogin, updateProof } from './login-store.ts'

interface Deps {
  readonly db: Db
  readonly keyring: Pick<Keyring, 'createLoginSecret' | 'loginKey'>
  readonly policies: Pick<Policies, 'effectiveFor'>
  readonly config: { readonly login: LoginLimits }
}

export interface ProvenUser {
  readonly userId: UserId
  readonly proof: Proof
  readonly context: Context
  /** Of the password that was verified; it must still be the user's when the proof is written. */
  readonly passwordVersion?: number
  /** When, where that was a while ago: what has ended everything since then ends this, too. */
  readonly provenAt?: Date
  /** The same context, sealed for the audit. */
  readonly auditContext?: SealedContext | null
}

export interface StartedLogin {
  readonly id: LoginId
  readonly authTime: Date
  /** Sessions that made room for it. */
  readonly evicted: readonly EndedSession[]
}

/**
 * Begins a login for a person who has just proved who they are.
 *
 * Throws `LimitReached` where they are in as many places as they may be, and leave none for it.
 */
export async function startLogin(deps: Deps, user: ProvenUser): Promise<StartedLogin> {
  const coming = await comingAs(deps, user)
  const login = await draftLogin(deps, user, coming.comer.deviceClass)
  const by = { kind: 'user', id: user.userId } as const
  const begin = async (db: Sql): Promise<Date> => {
    const authTime = await insertLogin(db, login, {
      action: 'login.created',
      actor: by,
      subject: { kind: 'login', id: login.id },
      detail: { acr: user.proof.acr, amr: user.proof.amr },
      context: user.auditContext ?? null,
    })
    if (!authTime) throw new DomainError('invalid_credentials', 'the person may not log in')
    return authTime
  }
  if (coming.limits.length === 0)
    return { id: login.id, authTime: await begin(deps.db), evicted: [] }

  return sqlTransaction(deps.db, async (tx) => {
    const evicted = await makeRoom(tx, coming, { by, hold: () => holdPerson(tx, user.userId) })
    return { id: login.id, authTime: await begin(tx), evicted }
  })
}

/** Whether a login would begin as things are, and what would leave for it; nothing is changed. */
export async function previewLogin(
  deps: Pick<Deps, 'db' | 'policies'>,
  user: Pick<ProvenUser, 'userId' | 'proof' | 'context'>,
): Promise<Room<CountedCandidate>> {
  return lookForRoom(deps.db, await comingAs(deps, user))
}

async function draftLogin(
  { keyring, config }: Deps,
  { userId, proof, context, passwordVersion, provenAt }: ProvenUser,
  deviceClass: string | null,
): Promise<NewLogin> {
  const id = newId<'lgn'>()
  const secret = await keyring.createLoginSecret({ loginId: id, userId })
  const key = await keyring.loginKey({ ...secret, loginId: id, userId }, 'login-data')
  return {
    id,
    userId,
    ...proof,
    secretWrapped: secret.wrapped,
    rootVersion: secret.rootVersion,
    contextSealed: sealContext(key, ['login', id], context),
    deviceClass,
    ...config.login,
    passwordVersion: passwordVersion ?? null,
    provenAt: provenAt ?? null,
  }
}

/** A login is in no workspace, so that the rules of workspaces and roles do not speak of it. */
async function comingAs(
  { db, policies }: Pick<Deps, 'db' | 'policies'>,
  user: Pick<ProvenUser, 'userId' | 'proof' | 'context'>,
): Promise<Coming> {
  const { userId, context, proof } = user
  const { acr } = proof
  const policy = await policies.effectiveFor({ workspaceId: null, clientId: null, roles: [], acr })
  const comer = {
    userId,
    workspaceId: null,
    clientId: null,
    priority: null,
    roles: [] as readonly string[],
    deviceClass: deviceClassOf(context),
    acr,
  }
  const coming = comingOf(policy, comer, 'login')
  if (!coming.limits.some(({ priorities }) => priorities?.role)) return coming
  const memberships = await workspacesOf(db, userId)
  return { ...coming, comer: { ...comer, roles: memberships.flatMap(({ roles }) => roles) } }
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
