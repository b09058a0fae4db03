import type { PresentedToken } from '../sessions/tokens/present-refresh-token.ts'
import type { OidcDeps } from './deps.ts'

export const ALREADY_USED = 'refresh token already used'

/**
 * Lets a family go over to the successor that is about to be given out, and tells what became of it.
 * It comes last, when the whole answer stands: a request that fails before moves nothing.
 */
export async function isMovedOn(
  { advanceFamily, publish, config }: Pick<OidcDeps, 'advanceFamily' | 'publish' | 'config'>,
  { check, generation, verdict }: PresentedToken,
  by: Buffer,
): Promise<boolean> {
  const graceSeconds = config.tokens.refreshGrace
  const step = { familyId: check.family.id, generation, by, graceSeconds }
  // Within the grace the family is where it should be.
  const outcome = verdict === 'current' ? await advanceFamily(step) : verdict
  publish({ kind: 'refresh', outcome })
  return outcome !== 'refused'
}
