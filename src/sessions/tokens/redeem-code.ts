import { type Actor, appendEntry } from '../../audit/append-entry.ts'
import { coalesce } from '../../database/coalesce.ts'
import type { Sql } from '../../database/sql.ts'
import { type Db, sqlTransaction } from '../../database/transaction.ts'
import type { FamilyId, SessionId, WorkspaceId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { endSessionIn } from '../ending/end.ts'
import type { ArrivalCode } from '../login/arrival.ts'
import type { CodeCheck } from './code.ts'
import {
  checkCodes,
  consumedCode,
  endFamilyRow,
  type Redemption,
  redeemedCode,
} from './code-store.ts'
import type { NewFamily } from './family-store.ts'

interface Deps {
  readonly db: Sql
  readonly serverKeys: Pick<ServerKeys, 'lookupHash' | 'data'>
}

/** How long a second use of a code counts as a double click and not as theft. */
const DOUBLE_SUBMIT_SECONDS = 5

export interface PresentedCode {
  readonly check: CodeCheck
  readonly payload: Record<string, unknown>
  /** `replayed`: used again so late that the family born of it must end (RFC 9700 §2.1.1). */
  readonly use: 'first' | 'double' | 'replayed'
}

export type ReadCode = (hash: Buffer) => Promise<CodeCheck | undefined>

/** Reads codes for the redemptions that come at about the same time, in one statement. */
export function codeReader(db: Sql): ReadCode {
  const keyOf = (hash: Buffer) => hash.toString('base64')
  return coalesce(
    async (hashes: readonly Buffer[]) => {
      const checks = await checkCodes(db, hashes)
      return new Map([...checks].map(([at, check]) => [keyOf(hashes[at]!), check]))
    },
    { keyOf, maxBatch: 100, maxInFlight: 4 },
  )
}

/** What a code stands for, if its session and grant stand; expiry is the provider's to judge. */
export async function presentCode(
  deps: Pick<Deps, 'serverKeys'> & { readonly codes: ReadCode },
  code: string,
): Promise<PresentedCode | null> {
  const hash = codeHash(deps, code)
  const check = await deps.codes(hash)
  if (!check || check.session.refusal || !check.grantStands) return null
  const opened = deps.serverKeys.data.open('AuthorizationCode', [hash], check.payloadSealed)
  if (!opened) return null
  const { epoch, payload } = JSON.parse(opened.toString()) as Sealed
  // A revocation since then has raised it: what was issued before is dead, codes too.
  return epoch === check.epoch ? { check, payload, use: useOf(check) } : null
}

interface Sealed {
  readonly epoch: number
  readonly payload: Record<string, unknown>
}

function useOf({ consumedAt, now }: CodeCheck): PresentedCode['use'] {
  if (!consumedAt) return 'first'
  const elapsed = now.getTime() - consumedAt.getTime()
  return elapsed <= DOUBLE_SUBMIT_SECONDS * 1000 ? 'double' : 'replayed'
}

/** A code as it is stored: by its hash, and sealed with the epoch of its grant. */
export function sealCode(
  deps: Pick<Deps, 'serverKeys'>,
  code: string,
  sealed: Sealed,
): Pick<ArrivalCode, 'hash' | 'payloadSealed'> {
  const hash = codeHash(deps, code)
  const bytes = Buffer.from(JSON.stringify(sealed))
  return { hash, payloadSealed: deps.serverKeys.data.seal('AuthorizationCode', [hash], bytes) }
}

/** Whether this request is the one that redeems the code. */
export function consumeCode(
  deps: Deps,
  code: string,
  redemption: Omit<Redemption, 'hash'>,
): Promise<boolean> {
  return consumedCode(deps.db, { hash: codeHash(deps, code), ...redemption })
}

/** The same for a code that begets a family, unless their session or grant has ended meanwhile. */
export function redeemCode(deps: Deps, code: string, family: NewFamily): Promise<boolean> {
  return redeemedCode(deps.db, codeHash(deps, code), family)
}

/** A family, and the session whose code it was born of: for an offline family, another one. */
export interface BornFamily {
  readonly id: FamilyId
  readonly bornIn: SessionId
  readonly workspaceId: WorkspaceId
}

/** Ends the family born of a code that was used again; other families of the grant live on. */
export async function endFamily(
  deps: { readonly db: Db },
  { id, bornIn, workspaceId }: BornFamily,
  by: Actor,
): Promise<boolean> {
  return sqlTransaction(deps.db, async (tx) => {
    const sessionId = await endFamilyRow(tx, id)
    if (!sessionId) return false
    await appendEntry(tx, {
      action: 'family.ended',
      actor: by,
      subject: { kind: 'family', id },
      workspaceId,
      detail: { cause: 'code_reused', session: sessionId },
    })
    if (sessionId !== bornIn) await endSessionIn(tx, sessionId, { cause: 'reuse', by })
    return true
  })
}

function codeHash({ serverKeys }: Pick<Deps, 'serverKeys'>, code: string): Buffer {
  return serverKeys.lookupHash('AuthorizationCode', code)
}
