import type { Config } from '../config/config.ts'
import type { ServerRules } from '../decisions/policy.ts'

/** Nothing that is given for a while is given for longer than a working day. */
const LONGEST_ELEVATION = 8 * 3600

/** The rules of the configuration, which hold for every session; policies only tighten them. */
export function serverRules({ sessions, renewal }: Config): ServerRules {
  const { idleTimeout, maxDuration, absoluteTimeout, tokenLifetime } = sessions
  const { maxConcurrent: max, onReachingLimit: onReaching } = sessions
  return {
    idleTimeout,
    maxDuration,
    absoluteTimeout,
    tokenLifetime,
    maxRenewals: renewal.max,
    maxElevation: LONGEST_ELEVATION,
    elevationReason: false,
    elevationApproval: false,
    ...(max !== null && { concurrent: { perUser: { max, onReaching } } }),
  }
}
