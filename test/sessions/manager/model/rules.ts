/**
 * The rules that the model knows, in minutes. Time passes in whole minutes and ends lie between
 * them, so that the seconds that a run takes decide nothing.
 */
export const RULES = {
  idle: 14.5,
  duration: 38.5,
  token: 20.5,
  threshold: 10.25,
  grace: 1.25,
  renewals: 2,
  elevation: 15,
  longestElevation: 480,
} as const

/** What the person's role always allows, and what it may be given for a while. */
export const ALLOWED = ['read']
export const ELEVATIONS = ['delete', 'write']

/** The same for the servers. */
export function settingsOf(auto: 'renews by itself' | 'renews when asked'): string {
  const seconds = (minutes: number) => `${minutes * 60}s`
  return `
session_manager:
  token_generation: { expiration_time: ${seconds(RULES.token)} }
  renewal:
    auto_renewal: ${auto === 'renews by itself'}
    renewal_threshold: ${seconds(RULES.threshold)}
    max_renewals: ${RULES.renewals}
    renewal_grace_period: ${seconds(RULES.grace)}
  security:
    session_policies:
      idle_timeout: ${seconds(RULES.idle)}
      max_session_duration: ${seconds(RULES.duration)}
`
}
