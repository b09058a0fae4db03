import type { z } from 'zod'
import type { Policy } from '../../../decisions/policy.ts'
import { NAMES, type rules } from './schemas.ts'

/** What a level says, in the API's words. */
export function saidOf(said: Policy['rules']): z.output<typeof rules> {
  const given = Object.entries(NAMES)
    .map(([name, rule]) => [name, said[rule]])
    .filter(([, value]) => value !== undefined)
  return Object.fromEntries(given)
}
