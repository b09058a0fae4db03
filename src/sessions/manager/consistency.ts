/** How true an answer must be: of this very moment, or of one not longer ago than the server's bound. */
export type Consistency = 'strong' | 'bounded'

export interface ConsistencyRules {
  /** For calls that say nothing. */
  readonly consistency: Consistency
  /** Whether a call may ask for less than that. */
  readonly boundedOnRequest: boolean
}

/** Any call may ask to be answered strongly; one that asks for less than it gets loses nothing but time. */
export function consistencyOf(
  { consistency, boundedOnRequest }: ConsistencyRules,
  asked: Consistency = consistency,
): Consistency {
  return asked === 'bounded' && !mayBeBounded({ consistency, boundedOnRequest }) ? 'strong' : asked
}

/** Whether any call may be answered from memory, so that the feed is worth following. */
export function mayBeBounded({ consistency, boundedOnRequest }: ConsistencyRules): boolean {
  return consistency === 'bounded' || boundedOnRequest
}
