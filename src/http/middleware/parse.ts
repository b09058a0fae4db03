import type { z } from 'zod'
import { DomainError } from '../../errors.ts'
import { explainIssues } from '../../lib/explain-issues.ts'

/** The only way in: what a schema makes of an input, or `invalid_request` with the names that are wrong. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new DomainError('invalid_request', explainIssues(parsed.error))
}
