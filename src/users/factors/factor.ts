import type { FactorId } from '../../ids.ts'

export type FactorKind = 'totp' | 'passkey'

/** What a person proves who they are with, besides their password; never a secret of it. */
export interface Factor {
  readonly id: FactorId
  readonly kind: FactorKind
  /** As its owner calls it. */
  readonly name: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  /** Of a passkey: whether its owner's other devices have it too. */
  readonly backedUp: boolean
}

/** How a factor was proven just now. */
export type FactorProof =
  | { readonly by: 'totp' }
  | { readonly by: 'recovery_code' }
  /** `userVerified`: the authenticator asked for a PIN or a finger, and so proves two factors. */
  | { readonly by: 'passkey'; readonly userVerified: boolean }

/** Nobody needs more, and each is one more key to the house. */
export const MOST_FACTORS = 10

const LONGEST_NAME = 60

/** A name as its owner typed it, or one that will do. */
export function nameOf(typed: string, otherwise: string): string {
  const name = typed.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').trim()
  return [...name].slice(0, LONGEST_NAME).join('').trim() || otherwise
}
