/** Where a rule comes from; what holds for a session is the strictest of all that apply to it. */
export type PolicyLevel = 'server' | 'workspace' | 'client' | 'role' | 'acr'

/** Which level said it, and of whom. */
export interface Origin {
  readonly level: PolicyLevel
  /** Whom it is about, as the level names them; empty for the server. */
  readonly subject: string
}
