import type { errors } from 'oidc-provider'
import type { Payload } from './payload.ts'

/** What the token endpoint answers by the short way. */
export type TokenAnswer =
  | { readonly state: 'answered'; readonly body: Payload }
  | { readonly state: 'refused'; readonly body: Payload; readonly status: number }
  /** Nothing was done, and the library must judge this one. */
  | { readonly state: 'undecided' }

export const UNDECIDED: TokenAnswer = { state: 'undecided' }

/** A refusal in the library's own words. */
export function refusalOf(error: errors.OIDCProviderError): TokenAnswer {
  const { error: code, error_description, statusCode: status } = error
  return { state: 'refused', status, body: { error: code, error_description } }
}
