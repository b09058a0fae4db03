import { inspect } from 'node:util'

const MASK = '[redacted]'

/** Holds a secret so that nothing prints it: only `reveal` gives it back. */
export class Redacted<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  reveal(): T {
    return this.#value
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
