import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { Refusal } from './refusal.ts'

/** Puts what openid-client throws into a code that a person can be told; keeps the cause for the log. */
export function toRefusal(cause: unknown): Refusal {
  if (cause instanceof Refusal) return cause
  if (isUnreachable(cause)) return new Refusal('provider_unreachable', { cause })
  if (cause instanceof AuthorizationResponseError || cause instanceof ResponseBodyError)
    return new Refusal(cause.error, {
      cause,
      ...(cause.error_description && { detail: cause.error_description }),
    })
  if (cause instanceof WWWAuthenticateChallengeError) return new Refusal('session_ended', { cause })
  return new Refusal('untrusted_answer', { cause })
}

/** Nobody answered, or somebody who was not able to: asking again later may help. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof ResponseBodyError) return error.status >= 500
  if (error instanceof ClientError)
    return (
      error.code === 'OAUTH_TIMEOUT' ||
      (error.cause instanceof Response && error.cause.status >= 500)
    )
  // What fetch throws when there is no connection.
  return error instanceof TypeError && error.message === 'fetch failed'
}
