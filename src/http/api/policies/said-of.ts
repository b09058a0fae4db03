import type { z } from 'zod'
import type { Policy } from '../../../decisions/policy.ts'
import { presentConcurrency } from './limit-schemas.ts'
import { NAMES, type rules } from './schemas.ts'

/** What a level says, in the API's words. */
export function saidOf(said: Policy['rules']): z.output<typeof rules> {
  const given = Object.entries(NAMES)
    .map(([name, rule]) => [name, said[rule]])
    .filter(([, value]) => value !== undefined)
  const { concurrent } = said
  return {
    ...Object.fromEntries(given),
    ...(concurrent && { concurrent_sessions: presentConcurrency(concurrent) }),
  }
}
