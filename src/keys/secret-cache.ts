import { randomFillSync } from 'node:crypto'
import { deriveKey, type KeyUse } from '../crypto/derive.ts'
import { sameBytes } from '../crypto/mac.ts'

/** A secret in memory, with the keys that were derived from it. */
export interface CachedSecret {
  readonly secret: Buffer
  readonly derived: Map<string, Buffer>
}

interface Entry extends CachedSecret {
  readonly owner: string
  readonly wrapped: Uint8Array
  usedAt: number
}

/** What a secret must still match: whose it is, and the wrapped bytes of the row just read. */
export interface SecretMark {
  readonly id: string
  readonly owner: string
  readonly wrapped: Uint8Array
}

/** A bounded store of unwrapped secrets: the least recently used leaves first, overwritten. */
export class SecretCache {
  readonly #entries = new Map<string, Entry>()
  readonly #limit: number
  readonly #clock: () => number

  constructor(limit: number, clock: () => number) {
    this.#limit = limit
    this.#clock = clock
  }

  get size(): number {
    return this.#entries.size
  }

  get(mark: SecretMark): CachedSecret | null {
    const entry = this.#entries.get(mark.id)
    if (!entry) return null
    // The row no longer says what it said: the key was destroyed or wrapped anew, or the row was moved.
    if (entry.owner !== mark.owner || !sameBytes(entry.wrapped, mark.wrapped)) return null
    this.#entries.delete(mark.id)
    this.#entries.set(mark.id, entry)
    entry.usedAt = this.#clock()
    return entry
  }

  /** Takes the secret over: it is overwritten when it leaves. */
  put({ id, owner, wrapped }: SecretMark, secret: Buffer): CachedSecret {
    this.forget(id)
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined && this.#entries.size >= this.#limit) this.forget(oldest)
    // An own copy: a view would keep the driver's whole network buffer alive.
    const kept = new Uint8Array(wrapped)
    const entry = { owner, wrapped: kept, secret, derived: new Map(), usedAt: this.#clock() }
    this.#entries.set(id, entry)
    return entry
  }

  forget(id: string): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    this.#entries.delete(id)
    overwriteSoon(entry)
  }

  /** Forgets what nobody used for so many seconds. */
  sweep(seconds: number): void {
    const since = this.#clock() - seconds * 1000
    for (const [id, { usedAt }] of this.#entries) {
      if (usedAt > since) return
      this.forget(id)
    }
  }
}

/**
 * Overwrites after the callers of this turn are done, and with noise instead of zeros: whoever kept
 * a key too long then fails, where under a key of zeros everybody could forge and read.
 */
function overwriteSoon({ secret, derived }: CachedSecret): void {
  setImmediate(() => {
    for (const bytes of [secret, ...derived.values()]) randomFillSync(bytes)
  })
}

/** The key for a use, derived at the first ask; the uses of one secret differ in purpose alone. */
export function derivedOnce({ secret, derived }: CachedSecret, use: KeyUse): Buffer {
  const known = derived.get(use.purpose)
  if (known) return known
  const key = deriveKey(secret, use)
  derived.set(use.purpose, key)
  return key
}

/** Goes on at once with what is at hand; a promise would cost every hit a turn of the loop. */
export function whenReady<A, B>(value: A | Promise<A>, work: (value: A) => B): B | Promise<B> {
  return value instanceof Promise ? value.then(work) : work(value)
}
