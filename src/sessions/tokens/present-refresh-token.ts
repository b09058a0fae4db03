import { openJson, sealJson } from '../../crypto/envelope.ts'
import type { FamilyId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { CheckedSession } from '../session.ts'
import { keyRowOf } from '../session-key-row.ts'
import { judge, type Verdict } from './family.ts'
import type { FamilyCheck } from './family-check.ts'
import { formatRefreshToken, isAuthentic, parseRefreshToken } from './refresh-token.ts'

interface Deps {
  readonly keyring: Pick<Keyring, 'sessionKey'>
  readonly serverKeys: Pick<ServerKeys, 'key'>
  readonly families: (id: FamilyId) => Promise<FamilyCheck | undefined>
  readonly config: { readonly tokens: { readonly refreshGrace: number } }
}

export interface PresentedToken {
  readonly check: FamilyCheck
  readonly generation: number
  readonly verdict: Verdict
  /** What was sealed at the redemption. */
  readonly payload: Record<string, unknown>
}

/**
 * Reads and judges a refresh token; null for whatever is not a token of a stay that stands.
 *
 * Nothing is written here: what a verdict leads to is decided when the client has proved itself.
 */
export async function presentRefreshToken(
  deps: Deps,
  text: string,
  by: Buffer,
): Promise<PresentedToken | null> {
  const token = parseRefreshToken(deps.serverKeys.key('token-check'), text)
  const check = token && (await deps.families(token.familyId))
  if (!check || check.session.refusal || !check.grantStands || !check.clientStands) return null

  const refreshKey = await deps.keyring.sessionKey(keyRowOf(check.session), 'refresh-token')
  if (!isAuthentic(refreshKey, token)) return null

  const dataKey = await deps.keyring.sessionKey(keyRowOf(check.session), 'data')
  const payload = openJson(dataKey, check.payloadSealed, placeOf(check.family.id))
  if (!payload) return null
  const verdict = judge(
    check.family,
    { generation: token.generation, by },
    { now: check.now, graceSeconds: deps.config.tokens.refreshGrace },
  )
  return {
    check,
    generation: token.generation,
    verdict,
    payload: payload as Record<string, unknown>,
  }
}

/** Makes the tokens of one family; the session's keys are copied, so that their end makes them noise. */
export interface FamilyMaker {
  token(familyId: FamilyId, generation: number): string
  sealPayload(familyId: FamilyId, payload: object): Buffer
}

export async function familyMaker(
  deps: Pick<Deps, 'keyring' | 'serverKeys'>,
  session: CheckedSession,
): Promise<FamilyMaker> {
  const row = keyRowOf(session)
  const refreshKey = Buffer.from(await deps.keyring.sessionKey(row, 'refresh-token'))
  const dataKey = Buffer.from(await deps.keyring.sessionKey(row, 'data'))
  const checkKey = deps.serverKeys.key('token-check')
  return {
    token: (familyId, generation) =>
      formatRefreshToken({ refreshKey, checkKey }, familyId, generation),
    sealPayload: (familyId, payload) => sealJson(dataKey, payload, placeOf(familyId)),
  }
}

function placeOf(familyId: FamilyId): readonly string[] {
  return ['family', familyId, 'payload']
}
