import type { FactorProof } from '../../users/factors/factor.ts'
import type { Proof } from './login.ts'

/** One factor. */
export const AAL1 = 'urn:sojourn:aal1'
/** Two factors, or a passkey that asked for its second one itself. */
export const AAL2 = 'urn:sojourn:aal2'

/** The weakest first; each stands for those before it. */
export const LEVELS: readonly string[] = [AAL1, AAL2]

/** Whether what was proven is enough for what is asked; what we do not know is never proven. */
export function reachesLevel(proven: string | null | undefined, asked: string): boolean {
  const rank = LEVELS.indexOf(asked)
  return rank !== -1 && LEVELS.indexOf(proven ?? '') >= rank
}

/**
 * What a factor proves, alone or after an earlier proof.
 *
 * `pop` and not `hwk`: we ask no authenticator for an attestation, and so never say where a key is.
 */
export function proofWith(factor: FactorProof, earlier: readonly string[] = []): Proof {
  const own = methodsOf(factor)
  const methods = new Set([...earlier.filter((method) => method !== 'mfa'), ...own])
  const isMany = earlier.length > 0 || (factor.by === 'passkey' && factor.userVerified)
  return { acr: isMany ? AAL2 : AAL1, amr: isMany ? [...methods, 'mfa'] : [...methods] }
}

function methodsOf(factor: FactorProof): readonly string[] {
  switch (factor.by) {
    case 'totp':
      return ['otp']
    case 'recovery_code':
      return ['recovery']
    case 'passkey':
      return ['pop', 'user']
  }
}
