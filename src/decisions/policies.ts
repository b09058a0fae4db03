import type { Sql } from '../database/sql.ts'
import { withBuiltIn } from './built-in-policies.ts'
import {
  appliesTo,
  type EffectivePolicy,
  type Policy,
  type PolicySubject,
  type ServerRules,
  strictest,
} from './policy.ts'
import { selectPolicies } from './policy-store.ts'

/** What holds for a session, from the server's configuration and all policies that are stored. */
export interface Policies {
  effectiveFor(subject: PolicySubject): Promise<EffectivePolicy>
  /** As they are now, the server's own before those that are stored and those built in. */
  all(): Promise<readonly Policy[]>
  /** Reads what is stored anew, so that the next answer is of now. */
  refresh(): Promise<void>
}

interface Options {
  readonly db: Sql
  readonly server: ServerRules
  /** What holds where nobody says otherwise. */
  readonly builtIn?: readonly Policy[]
  /** Milliseconds. */
  readonly clock?: () => number
}

const now = () => performance.now()

/** Seconds for which a reading is good: a change reaches every node within it. */
export const POLICY_AGE = 10

/** There are few policies and many sessions: all of them are held, and read again when they are old. */
export function createPolicies({ db, server, builtIn = [], clock = now }: Options): Policies {
  let held: ReturnType<typeof selectPolicies> | null = null
  let readAt = Number.NEGATIVE_INFINITY

  function read(): ReturnType<typeof selectPolicies> {
    readAt = clock()
    const reading = selectPolicies(db).then((stored) => withBuiltIn(stored, builtIn))
    held = reading
    // A reading that failed is nobody's answer but its own.
    reading.catch(() => {
      if (held === reading) held = null
    })
    return reading
  }

  return {
    effectiveFor: async (subject) => {
      const isFresh = held !== null && clock() - readAt < POLICY_AGE * 1000
      const policies = await (isFresh && held ? held : read())
      return strictest(
        server,
        policies.filter((policy) => appliesTo(policy, subject)),
      )
    },
    all: async () => [{ level: 'server', subject: '', rules: server }, ...(await read())],
    refresh: async () => {
      await read()
    },
  }
}
