import type { SealedContext } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import type { UserId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { isFirstUse, openChallenge } from './challenge.ts'
import { type Assertion, assertion, credentialIdOf, parseAnswer } from './passkey-answer.ts'
import { handleOf } from './passkey-handle.ts'
import { notePasskeyUse, type Passkey, selectPasskey } from './passkey-store.ts'
import { type FactorAttempt, type Proving, recordRefusal, usedEntry, WRONG } from './proving.ts'
import { relyingPartyOf } from './relying-party.ts'
import { verifyUsed } from './verify-passkey.ts'

interface Deps {
  readonly db: Sql
  readonly serverKeys: Pick<ServerKeys, 'data' | 'lookupHash'>
  readonly config: { readonly issuer: string }
}

export interface ShownPasskey {
  /** The browser's answer, as text. */
  readonly answer: string
  /** What our form carried. */
  readonly challenge: string
  /** The form that it was made for. */
  readonly scope: string
  /** Whose it must be; null where it says who is there, and must stand for two factors. */
  readonly of: UserId | null
  readonly auditContext: SealedContext | null
}

/** Whether a passkey that is known here signed what we asked of it. */
export async function provePasskey(deps: Deps, shown: ShownPasskey): Promise<Proving> {
  const answer = parseAnswer(assertion, shown.answer)
  const credentialId = answer && credentialIdOf(answer)
  const challenge = openChallenge(deps, shown.scope, shown.challenge)
  if (!answer || !credentialId || !challenge) return WRONG

  const passkey = await selectPasskey(deps.db, credentialId)
  if (!passkey || (shown.of !== null && passkey.userId !== shown.of)) return WRONG
  const attempt = { userId: passkey.userId, auditContext: shown.auditContext }
  const judged = await judge(deps, { answer, challenge, passkey, alone: shown.of === null })
  if (!judged.verified) return refuse(deps, attempt, judged.why)
  if (!(await isFirstUse(deps, challenge))) return refuse(deps, attempt, 'an answer from before')

  const { userVerified, ...noted } = judged
  const entry = usedEntry(attempt, 'passkey')
  if (!(await notePasskeyUse(deps.db, { ...noted, id: passkey.id }, entry)))
    return refuse(deps, attempt, 'its counter did not rise: there may be a copy')
  return { ok: true, userId: passkey.userId, proof: { by: 'passkey', userVerified } }
}

interface Answered {
  readonly answer: Assertion
  readonly challenge: Buffer
  readonly passkey: Passkey
  readonly alone: boolean
}

async function judge({ config }: Deps, answered: Answered) {
  const house = relyingPartyOf(config.issuer)
  if (!house) return { verified: false, why: 'no passkeys at an address that is no name' } as const
  if (!isOwner(answered)) return { verified: false, why: "another person's handle" } as const
  return verifyUsed(house, answered)
}

/** An authenticator that names somebody must name its owner (WebAuthn Level 3 §7.2, step 6). */
function isOwner({ answer, passkey }: Answered): boolean {
  const { userHandle } = answer.response
  return !userHandle || Buffer.from(userHandle, 'base64url').equals(handleOf(passkey.userId))
}

async function refuse(deps: Deps, attempt: FactorAttempt, reason: string): Promise<Proving> {
  await recordRefusal(deps.db, attempt, { kind: 'passkey', reason })
  return WRONG
}
