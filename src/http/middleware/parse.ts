import type { z } from 'zod'
import { DomainError } from '../../errors.ts'

/** The only way in: what a schema makes of an input, or `invalid_request` with the names that are wrong. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  // Names and reasons, never the values: one may be a password in the wrong field.
  const reasons = parsed.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'the input'}: ${message}`,
  )
  throw new DomainError('invalid_request', reasons.slice(0, 10).join('; '))
}
