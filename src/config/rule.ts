import type { Key, Values } from './settings.ts'

/** What several keys must be together; a refusal is reported at the first key that is read. */
export interface Rule {
  readonly reads: readonly [Key, ...Key[]]
  /** Why the values cannot stand, or null. */
  readonly refuses: (values: Values) => string | null
}
