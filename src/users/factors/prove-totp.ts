import type { Sql } from '../../database/sql.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { FactorThrottle } from './factor-throttle.ts'
import { type FactorAttempt, type Proving, recordRefusal, usedEntry, WRONG } from './proving.ts'
import { openTotp, sealTotp } from './sealed-totp.ts'
import { stepOf } from './totp.ts'
import { type StoredTotp, selectTotps, takeStep } from './totp-store.ts'

interface Deps {
  readonly db: Sql
  readonly serverKeys: Pick<ServerKeys, 'durable'>
  readonly factorThrottle: FactorThrottle
}

/** Whether a code is one of the person's authenticator apps, of about now, and was never taken. */
export async function proveTotp(
  deps: Deps,
  attempt: FactorAttempt,
  typed: string,
): Promise<Proving> {
  const { userId } = attempt
  const wait = await deps.factorThrottle.take(userId)
  if (wait > 0) return { ok: false, reason: 'throttled', retryAfter: wait }

  const matching = (await selectTotps(deps.db, userId)).flatMap((totp) =>
    matchOf(deps, attempt, { totp, typed }),
  )
  for (const match of matching)
    if (await takeStep(deps.db, match, usedEntry(attempt, 'totp'))) {
      await deps.factorThrottle.pass(userId)
      return { ok: true, userId, proof: { by: 'totp' } }
    }
  const reason = matching.length > 0 ? 'taken_before' : 'wrong_code'
  await recordRefusal(deps.db, attempt, { kind: 'totp', reason })
  return WRONG
}

function matchOf(
  { serverKeys }: Deps,
  { userId }: FactorAttempt,
  { totp, typed }: { readonly totp: StoredTotp; readonly typed: string },
) {
  const secret = openTotp(serverKeys, { ...totp, userId })
  const step = secret && stepOf(secret, typed, totp.now)
  if (secret === null || step === null) return []
  const { id } = totp
  return [{ id, step, secretSealed: sealTotp(serverKeys, { id, userId }, secret) }]
}
