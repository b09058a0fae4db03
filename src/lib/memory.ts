interface Kept<V> {
  readonly value: V
  readonly standsOn: readonly string[]
}

/** What changed, by the names of what it was about. */
interface Forgetting {
  readonly number: number
  readonly subjects: ReadonlySet<string>
}

/** Forgettings that a reading under way is still held against, and names in all of them together. */
const MOST_RECENT = 256
const MOST_NAMES = 20_000

/**
 * A bounded memory of values that each stand on things that may change; the least recently used
 * leaves first.
 *
 * Whoever fills it takes a mark before they read: a value that stands on something that was forgotten
 * since then is not kept, for the reading may have been older than the change.
 */
export class Memory<V> {
  readonly #limit: number
  readonly #kept = new Map<string, Kept<V>>()
  readonly #standing = new Map<string, Set<string>>()
  #recent: Forgetting[] = []
  #number = 0
  #names = 0
  /** Marks up to this one are too old to be judged. */
  #judgedFrom = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#kept.size
  }

  get(key: string): V | undefined {
    const kept = this.#kept.get(key)
    if (!kept) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    return kept.value
  }

  /** Puts a newer wording in the place of the very value that is held, if it still is. */
  amend(key: string, from: V, to: V): void {
    const kept = this.#kept.get(key)
    if (kept?.value === from) this.#kept.set(key, { ...kept, value: to })
  }

  mark(): number {
    return this.#number
  }

  keep(
    key: string,
    value: V,
    known: { readonly standsOn: readonly string[]; readonly since: number },
  ) {
    if (this.#isOverdue(known)) return
    this.#drop(key)
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size >= this.#limit) this.#drop(oldest)
    this.#kept.set(key, { value, standsOn: known.standsOn })
    for (const subject of known.standsOn) {
      const keys = this.#standing.get(subject)
      if (keys) keys.add(key)
      else this.#standing.set(subject, new Set([key]))
    }
  }

  /** Forgets all that stands on one of these. */
  forget(subjects: ReadonlySet<string>): void {
    if (subjects.size === 0) return
    this.#number += 1
    this.#recent.push({ number: this.#number, subjects })
    this.#names += subjects.size
    while (this.#recent.length > MOST_RECENT || this.#names > MOST_NAMES) this.#leaveBehind()
    for (const subject of subjects)
      for (const key of [...(this.#standing.get(subject) ?? [])]) this.#drop(key)
  }

  forgetAll(): void {
    this.#number += 1
    this.#judgedFrom = this.#number
    this.#recent = []
    this.#names = 0
    this.#kept.clear()
    this.#standing.clear()
  }

  #leaveBehind(): void {
    const oldest = this.#recent.shift()
    if (!oldest) return
    this.#names -= oldest.subjects.size
    this.#judgedFrom = oldest.number
  }

  #isOverdue({ standsOn, since }: { standsOn: readonly string[]; since: number }): boolean {
    if (since < this.#judgedFrom) return true
    return this.#recent.some(
      ({ number, subjects }) => number > since && standsOn.some((subject) => subjects.has(subject)),
    )
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key)
    if (!kept) return
    this.#kept.delete(key)
    for (const subject of kept.standsOn) {
      const keys = this.#standing.get(subject)
      keys?.delete(key)
      if (keys?.size === 0) this.#standing.delete(subject)
    }
  }
}
