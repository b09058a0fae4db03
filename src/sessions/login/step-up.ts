import type { SealedContext } from '../../audit/append-entry.ts'
import { changeAndTell } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import type { FactorProof } from '../../users/factors/factor.ts'
import type { Admitted } from './admit.ts'
import { proofWith } from './level.ts'
import type { Login } from './login.ts'
import { RAISE } from './login-store.ts'

export interface Raising {
  readonly factor: FactorProof
  readonly auditContext: SealedContext | null
}

/**
 * Raises a fresh login to what a further factor proves together with it.
 *
 * The moment of authentication stays that of the first factor: who asks for a proof of the last
 * minute means all of it. A login that is not fresh any more is raised by nothing.
 */
export async function stepUp(
  { db }: { readonly db: Sql },
  login: Login,
  { factor, auditContext }: Raising,
): Promise<Admitted | { readonly ok: false; readonly reason: 'invalid_credentials' }> {
  const { id, userId } = login
  const proof = proofWith(factor, login.amr)
  const raised = await changeAndTell<{ auth_time: Date }>(
    db,
    { statement: RAISE, values: [id, userId, proof.acr, proof.amr] },
    {
      action: 'login.stepped_up',
      actor: { kind: 'user', id: userId },
      subject: { kind: 'login', id },
      detail: { acr: proof.acr, amr: proof.amr },
      context: auditContext,
    },
  )
  if (!raised) return { ok: false, reason: 'invalid_credentials' }
  return { ok: true, loginId: id, userId, authTime: raised.auth_time, proof, ended: [] }
}
