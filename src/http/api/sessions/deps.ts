import type { Policies } from '../../../decisions/policies.ts'
import type { ContextDeps } from '../../../sessions/context/keep-context.ts'
import type { ConsistencyRules } from '../../../sessions/manager/consistency.ts'
import type { CreateDeps } from '../../../sessions/manager/create-session.ts'
import type { RenewDeps } from '../../../sessions/manager/renew-session.ts'

/** What the sessions API needs. */
export interface SessionsDeps extends CreateDeps, RenewDeps, ContextDeps {
  readonly db: CreateDeps['db']
  readonly keyring: CreateDeps['keyring'] & RenewDeps['keyring']
  readonly serverKeys: CreateDeps['serverKeys']
  readonly policies: Policies
  readonly config: CreateDeps['config'] & {
    readonly distributed: Pick<ConsistencyRules, 'consistency'>
    readonly validation: Pick<ConsistencyRules, 'boundedOnRequest'>
  }
}
