import { encode } from '../../crypto/base64url.ts'
import type { Sql } from '../../database/sql.ts'
import { DomainError } from '../../errors.ts'
import type { LoginId, UserId } from '../../ids.ts'
import { newId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { addedEntry, mustHaveRoom } from './enrolment.ts'
import { nameOf } from './factor.ts'
import { spendChallenge } from './passkey-store.ts'
import { sealTotp } from './sealed-totp.ts'
import { openTicket, sealTicket } from './ticket.ts'
import { makeTotpSecret, stepOf } from './totp.ts'
import { databaseTime, insertTotp } from './totp-store.ts'

type Keys = Pick<ServerKeys, 'data' | 'durable' | 'lookupHash'>

/** As long as a person may take to find their telephone. */
const LIFETIME = 600

export interface TotpOffer {
  readonly secret: Buffer
  /** What the form carries; a secret that nobody has confirmed is stored nowhere. */
  readonly ticket: string
}

export function offerTotp({ data }: Pick<Keys, 'data'>, loginId: LoginId): TotpOffer {
  const secret = makeTotpSecret()
  const content = { secret: secret.toString('base64url') }
  return { secret, ticket: sealTicket(data, place(loginId), { content, seconds: LIFETIME }) }
}

/** The secret of an offer that this login was made, or null when its time is over. */
export function offeredTotp(
  { data }: Pick<Keys, 'data'>,
  loginId: LoginId,
  ticket: string,
): Buffer | null {
  const opened = openTicket<{ secret: string }>(data, place(loginId), ticket)
  return opened && Buffer.from(opened.secret, 'base64url')
}

export interface ConfirmedTotp {
  readonly userId: UserId
  readonly loginId: LoginId
  readonly secret: Buffer
  /** The first code that the app shows. */
  readonly code: string
  readonly name: string
}

/** Adds an authenticator app that has shown that it has the secret; false when its code is wrong. */
export async function addTotp(
  serverKeys: Keys,
  tx: Sql,
  { userId, loginId, secret, code, name }: ConfirmedTotp,
): Promise<boolean> {
  const step = stepOf(secret, code, await databaseTime(tx))
  if (step === null) return false
  // Stored twice, a secret would take each of its codes twice.
  const hash = serverKeys.lookupHash('totp-enrolment', encode(secret))
  if (!(await spendChallenge(tx, hash, LIFETIME)))
    throw new DomainError('form_expired', 'the app was added already')
  await mustHaveRoom(tx, userId)
  const id = newId<'fac'>()
  await insertTotp(
    tx,
    {
      id,
      userId,
      addedIn: loginId,
      name: nameOf(name, 'Authenticator app'),
      secretSealed: sealTotp(serverKeys, { id, userId }, secret),
      lastStep: step,
    },
    addedEntry({ id, userId, kind: 'totp' }),
  )
  return true
}

function place(loginId: LoginId) {
  return { kind: 'totp-enrolment', scope: loginId } as const
}
