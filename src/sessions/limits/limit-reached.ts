import type { Json } from '../../audit/append-entry.ts'
import type { LimitKind } from '../../decisions/concurrency.ts'
import type { Reached } from '../../decisions/make-room.ts'
import { DomainError } from '../../errors.ts'
import type { CountedCandidate } from './coming.ts'

/** The limits, as they are called outside. */
export const LIMIT_NAMES: Readonly<Record<LimitKind, string>> = {
  perUser: 'per_user',
  perDeviceClass: 'per_device_class',
  perWorkspace: 'per_workspace',
  perClient: 'per_client',
}

/** Nobody comes in before somebody leaves; `outcome` is whether the newcomer may say who. */
export class LimitReached extends DomainError {
  readonly outcome: 'denied' | 'ask'
  readonly reached: Reached<CountedCandidate>
  declare readonly details: Details

  constructor(outcome: 'denied' | 'ask', reached: Reached<CountedCandidate>, more: Details = {}) {
    super('limit_reached', 'there are as many sessions as there may be', {
      details: { ...detailsOf(reached), ...more },
    })
    this.outcome = outcome
    this.reached = reached
  }

  /** The same with more of what somebody may be told. */
  with(more: Details): LimitReached {
    return new LimitReached(this.outcome, this.reached, more)
  }
}

type Details = Readonly<Record<string, Json>>

function detailsOf({ limit, count, tooMany, priorityNeeded }: Reached<CountedCandidate>) {
  return {
    limit: LIMIT_NAMES[limit.kind],
    level: limit.origin.level,
    max: limit.max,
    count,
    on_reaching: limit.onReaching,
    next: { act: 'end_sessions', number: tooMany },
    ...(priorityNeeded !== null && { priority_needed: priorityNeeded }),
  }
}
