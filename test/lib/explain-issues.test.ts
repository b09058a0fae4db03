import { expect, test } from 'playwright/test'
import { z } from 'zod'
import { explainIssues } from '../../src/lib/explain-issues.ts'

const schema = z.strictObject({ format: z.enum(['jwt', 'opaque']), nested: z.array(z.string()) })

function explained(input: unknown): string {
  return explainIssues(schema.safeParse(input).error!)
}

test.describe('what a schema objects to', () => {
  test('is one line, with the names and without the values', () => {
    const text = explained({ format: 'hunter2', nested: ['a', 7] })
    expect(text).toMatch(/^format: .*'jwt'\|'opaque'; nested\.1: /)
    expect(text).not.toContain('hunter2')
  })

  test('holds what RFC 6749 §5.2 allows in an error_description', () => {
    expect(explained({ format: 7, nested: 'x', more: 1 })).toMatch(
      /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/,
    )
  })
})
