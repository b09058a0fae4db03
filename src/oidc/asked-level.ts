import { errors } from 'oidc-provider'
import { LEVELS, reachesLevel } from '../sessions/login/level.ts'

/** What an authorization request says of the level; each list is of alternatives. */
interface Params {
  readonly acr_values?: unknown
  readonly claims?: unknown
}

type Alternatives = readonly string[]

/** The reason of the prompt for who has not proven enough. */
export const LEVEL_UNMET = 'level_unmet'

/** Every list must be met: `acr_values` (RFC 9470 §4) as well as an essential claim (OpenID Connect Core §5.5.1.1). */
function askedIn({ acr_values: values, claims }: Params): readonly Alternatives[] {
  const listed = typeof values === 'string' ? values.split(' ').filter(Boolean) : []
  const essential = essentialAcr(claims)
  return [listed, essential].filter((list) => list.length > 0)
}

export function meetsAsked(acr: string | null | undefined, params: Params): boolean {
  return askedIn(params).every((list) => list.some((asked) => reachesLevel(acr, asked)))
}

/** Refuses what nobody can prove here, before anybody is asked for anything. */
export function mustBeKnown(params: Params): void {
  if (askedIn(params).every((list) => list.some((asked) => LEVELS.includes(asked)))) return
  throw new errors.UnmetAuthenticationRequirements('no requested acr is known here')
}

/**
 * The level to tell, which for an essential claim must be one of those that were asked for: the
 * highest of them that was reached, though more was proven.
 */
export function toldLevel(acr: string | null, claims: unknown): string | undefined {
  const asked = essentialAcr(claims)
  const reached = LEVELS.filter((level) => asked.includes(level) && reachesLevel(acr, level))
  return reached.at(-1) ?? acr ?? undefined
}

function essentialAcr(claims: unknown): Alternatives {
  const parsed: unknown = typeof claims === 'string' ? JSON.parse(claims) : claims
  const acr = memberOf(memberOf(parsed, 'id_token'), 'acr')
  return memberOf(acr, 'essential') === true ? alternativesOf(acr) : []
}

function alternativesOf(acr: unknown): Alternatives {
  const values = [memberOf(acr, 'value'), memberOf(acr, 'values')].flat()
  return values.filter((value) => typeof value === 'string')
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}
