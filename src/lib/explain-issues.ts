import type { z } from 'zod'

const MOST = 10

/**
 * What a schema objects to, in one line of plain ASCII as far as the schema's own words are: names
 * and reasons, never the values, one of which may be a password in the wrong field.
 */
export function explainIssues({ issues }: z.ZodError): string {
  return issues
    .slice(0, MOST)
    .map(({ path, message }) => `${path.map(String).join('.') || 'the input'}: ${message}`)
    .join('; ')
    .replaceAll('"', "'")
}
