import type { Payload } from './payload.ts'

/** What the token endpoint answers by the short way. */
export type TokenAnswer =
  | { readonly state: 'answered'; readonly body: Payload }
  | { readonly state: 'refused'; readonly error: string; readonly description: string }
  /** Nothing was done, and the library must judge this one. */
  | { readonly state: 'undecided' }

export const UNDECIDED: TokenAnswer = { state: 'undecided' }
