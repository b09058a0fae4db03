import { appendEntry, type NewEntry, type SealedContext } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import type { UserId } from '../../ids.ts'
import type { FactorProof } from './factor.ts'

/** Whose factor it is to be, and where it was shown. */
export interface FactorAttempt {
  readonly userId: UserId
  /** Sealed for the audit. */
  readonly auditContext: SealedContext | null
}

export type Proving =
  | { readonly ok: true; readonly userId: UserId; readonly proof: FactorProof }
  | { readonly ok: false; readonly reason: 'wrong_factor' }
  | { readonly ok: false; readonly reason: 'throttled'; readonly retryAfter: number }

export const WRONG = { ok: false, reason: 'wrong_factor' } as const

type Kind = FactorProof['by']

/** Written in the statement that spends what was shown. */
export function usedEntry({ userId, auditContext }: FactorAttempt, kind: Kind): NewEntry {
  return {
    action: 'factor.used',
    actor: { kind: 'user', id: userId },
    subject: { kind: 'user', id: userId },
    detail: { kind },
    context: auditContext,
  }
}

/** Why it was refused: for auditors alone. */
export async function recordRefusal(
  db: Sql,
  { userId, auditContext }: FactorAttempt,
  { kind, reason }: { readonly kind: Kind; readonly reason: string },
): Promise<void> {
  await appendEntry(db, {
    action: 'factor.refused',
    actor: { kind: 'system' },
    subject: { kind: 'user', id: userId },
    detail: { kind, reason },
    context: auditContext,
  })
}
