import type { z } from 'zod'

/** One key of the configuration: what it takes, and what holds where nobody sets it. */
export interface Setting<T> {
  readonly kind: z.ZodType<T>
  /** Written as in the file; null for a key that may be left out with a meaning of its own. */
  readonly fallback: string | null
  /** A second environment variable, besides the one that follows from the key. */
  readonly shortName: string | null
}

export function setting<T>(kind: z.ZodType<T>, fallback: string, shortName?: string): Setting<T> {
  return { kind, fallback, shortName: shortName ?? null }
}

export function optional<T>(kind: z.ZodType<T>, shortName?: string): Setting<T | null> {
  return { kind, fallback: null, shortName: shortName ?? null }
}

/** `SOJOURN_LISTEN_PORT` for `listen.port`. */
export function variableOf(key: string): string {
  return `SOJOURN_${key.toUpperCase().replaceAll('.', '_')}`
}
