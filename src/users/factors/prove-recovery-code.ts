import type { Sql } from '../../database/sql.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { FactorThrottle } from './factor-throttle.ts'
import { type FactorAttempt, type Proving, recordRefusal, usedEntry, WRONG } from './proving.ts'
import { parseRecoveryCode } from './recovery-code.ts'
import { hashRecoveryCode } from './recovery-hash.ts'
import { useCode } from './recovery-store.ts'

interface Deps {
  readonly db: Sql
  readonly serverKeys: Pick<ServerKeys, 'durableHash'>
  readonly factorThrottle: FactorThrottle
}

/** Whether a recovery code is the person's and was not used; then it is. */
export async function proveRecoveryCode(
  deps: Deps,
  attempt: FactorAttempt,
  typed: string,
): Promise<Proving> {
  const { userId } = attempt
  const wait = await deps.factorThrottle.take(userId)
  if (wait > 0) return { ok: false, reason: 'throttled', retryAfter: wait }

  const code = parseRecoveryCode(typed)
  const hash = code === null ? null : hashRecoveryCode(deps.serverKeys, userId, code)
  const entry = usedEntry(attempt, 'recovery_code')
  if (hash && (await useCode(deps.db, { userId, hash }, entry))) {
    await deps.factorThrottle.pass(userId)
    return { ok: true, userId, proof: { by: 'recovery_code' } }
  }
  await recordRefusal(deps.db, attempt, { kind: 'recovery_code', reason: 'wrong_code' })
  return WRONG
}
