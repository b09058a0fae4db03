import type { Policy } from '../../decisions/policy.ts'
import { AAL1, AAL2 } from './level.ts'

const HOUR = 3_600
const DAY = 24 * HOUR

/**
 * What NIST SP 800-63B-4 §2 has of each level where nobody says otherwise: a proof of who is there at
 * least every 30 days by one factor (§2.1.3), and by two every 24 hours and after an idle hour
 * (§2.2.3).
 */
export const LEVEL_RULES: readonly Policy[] = [
  { level: 'acr', subject: AAL1, rules: { absoluteTimeout: 30 * DAY } },
  { level: 'acr', subject: AAL2, rules: { absoluteTimeout: DAY, idleTimeout: HOUR } },
]
