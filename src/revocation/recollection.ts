import { Memory } from '../lib/memory.ts'
import type { FeedView } from './follow-feed.ts'

/** Answers of the database that are remembered, and how old a view they are of. */
export interface Recollection<K, V> {
  /** What is known without the database, unless the view is too old to say. */
  recall(key: K): Recalled<V> | undefined
  /** Asks the database, and remembers. */
  read(key: K): Promise<V | undefined>
  /** What this process itself adds to what it recalled, unless that was replaced meanwhile. */
  amend(recalled: Recalled<V>, value: V): void
  forget(subject: string): void
  readonly counts: RecallCounts
}

export interface Recalled<V> {
  readonly name: string
  readonly known: Known<V>
  /** Milliseconds since the moment for which the answer is known to be true. */
  readonly age: number
}

/** How often the database was spared, and why it was not. */
export interface RecallCounts {
  readonly remembered: number
  readonly unknown: number
  readonly stale: number
}

export interface RecollectionOptions<K, V> {
  readonly view: FeedView
  /** Milliseconds: an older view says nothing. */
  readonly bound: number
  /** How many answers are held at most. */
  readonly limit: number
  readonly read: (key: K) => Promise<V | undefined>
  readonly nameOf: (key: K) => string
  /** Whom the answer is about: a change of any of them makes it void. Null for one that is not kept. */
  readonly standsOn: (value: V, key: K) => readonly string[] | null
}

export interface Known<V> {
  readonly value: V
  /** Milliseconds, on this process's steady clock. */
  readonly readAt: number
}

/** Milliseconds after which the database is asked again, whatever the feed says. */
const LONGEST = 60_000

/** Remembers what was read, for as long as the feed tells of no change of what it stands on. */
export function recollect<K, V>(options: RecollectionOptions<K, V>): Recollection<K, V> {
  const { view, bound, nameOf, standsOn } = options
  const memory = new Memory<Known<V>>(options.limit)
  const counts = { remembered: 0, unknown: 0, stale: 0 }
  view.onHeard((heard) => {
    if (heard === 'everything') memory.forgetAll()
    else memory.forget(heard)
  })

  return {
    counts,
    recall: (key) => {
      const age = view.age()
      if (age >= bound) {
        counts.stale += 1
        return undefined
      }
      const name = nameOf(key)
      const known = memory.get(name)
      if (!known || performance.now() - known.readAt > LONGEST) {
        counts.unknown += 1
        return undefined
      }
      counts.remembered += 1
      return { name, known, age }
    },
    read: async (key) => {
      const since = memory.mark()
      const value = await options.read(key)
      const subjects = value === undefined ? null : standsOn(value, key)
      if (value !== undefined && subjects)
        memory.keep(
          nameOf(key),
          { value, readAt: performance.now() },
          { standsOn: subjects, since },
        )
      return value
    },
    amend: ({ name, known }, value) => memory.amend(name, known, { ...known, value }),
    forget: (subject) => memory.forget(new Set([subject])),
  }
}
