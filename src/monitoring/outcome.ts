import { channel } from 'node:diagnostics_channel'

/** Where the edges tell what happened, after it was committed. */
export const outcomes = channel('sojourn:outcome')

/** Something that happened; each kind brings what monitoring needs of it, and never a secret. */
export interface Outcome {
  readonly kind: string
  readonly [detail: string]: unknown
}

/** Calls `listener` for each outcome until the returned function is called. */
export function followOutcomes(listener: (outcome: Outcome) => void): () => void {
  const heard = (message: unknown) => {
    if (isOutcome(message)) listener(message)
  }
  outcomes.subscribe(heard)
  return () => outcomes.unsubscribe(heard)
}

function isOutcome(message: unknown): message is Outcome {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    typeof message.kind === 'string'
  )
}
