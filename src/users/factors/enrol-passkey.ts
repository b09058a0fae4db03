import type { Sql } from '../../database/sql.ts'
import { type LoginId, newId, type UserId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { isFirstUse, openChallenge } from './challenge.ts'
import { addedEntry, mustHaveRoom } from './enrolment.ts'
import { nameOf } from './factor.ts'
import { attestation, parseAnswer } from './passkey-answer.ts'
import { insertPasskey } from './passkey-store.ts'
import { relyingPartyOf } from './relying-party.ts'
import { type MadePasskey, verifyMade } from './verify-passkey.ts'

interface Deps {
  readonly db: Sql
  readonly serverKeys: Pick<ServerKeys, 'data' | 'lookupHash'>
  readonly config: { readonly issuer: string }
}

export interface OfferedPasskey {
  readonly answer: string
  readonly challenge: string
  readonly scope: string
}

export interface VerifiedPasskey extends MadePasskey {
  readonly transports: readonly string[]
}

/** What a browser made for this form; null where it is not what was asked for. */
export async function openMadePasskey(
  deps: Deps,
  offered: OfferedPasskey,
): Promise<VerifiedPasskey | null> {
  const house = relyingPartyOf(deps.config.issuer)
  const answer = parseAnswer(attestation, offered.answer)
  const challenge = openChallenge(deps, offered.scope, offered.challenge)
  if (!house || !answer || !challenge) return null
  const made = await verifyMade(house, { answer, challenge })
  if (!made.verified || !(await isFirstUse(deps, challenge))) return null
  return { ...made, transports: answer.response.transports }
}

/** Adds a passkey; false when it is somebody's already. */
export async function addPasskey(
  tx: Sql,
  owner: { readonly userId: UserId; readonly loginId: LoginId; readonly name: string },
  made: VerifiedPasskey,
): Promise<boolean> {
  const { userId, loginId, name } = owner
  await mustHaveRoom(tx, userId)
  const id = newId<'fac'>()
  return insertPasskey(
    tx,
    { ...made, id, userId, addedIn: loginId, name: nameOf(name, 'Passkey') },
    addedEntry({ id, userId, kind: 'passkey' }),
  )
}
