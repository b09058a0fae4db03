import { z } from 'zod'
import { formatId } from '../../../ids.ts'
import { LimitReached } from '../../../sessions/limits/limit-reached.ts'
import {
  createSession,
  type NewStay,
  previewSession,
} from '../../../sessions/manager/create-session.ts'
import { workspacesOfReach } from '../../../sessions/manager/reach.ts'
import type { Caller } from '../caller.ts'
import { tellCreated, tellEnds } from '../outcomes.ts'
import { counted, presentCounted, seenBy } from './counted.ts'
import type { SessionsDeps } from './deps.ts'
import { presentIssued } from './present.ts'
import { issued, sessionContext, sessionId } from './schemas.ts'

/** What every creation of a session takes. */
export const makingInput = {
  context: sessionContext.default({}),
  priority: z.int().min(-1000).max(1000).optional().meta({
    description: 'What it is worth where a limit ends the lowest; otherwise its policy says',
  }),
  dry_run: z.boolean().default(false).meta({
    description: 'Only say whether it would be made, and who would leave for it',
  }),
}

const preview = z
  .object({
    dry_run: z.literal(true),
    outcome: z.enum(['admitted', 'denied', 'ask']),
    would_evict: z.array(counted),
    others: z.int().meta({ description: 'Would leave too, and are beyond your reach' }),
    reached: z
      .object({ limit: z.string(), max: z.int(), count: z.int() })
      .loose()
      .nullable()
      .meta({ description: 'The limit that lets nobody in, as `limit_reached` would tell it' }),
  })
  .meta({ id: 'SessionPreview' })

const created = z
  .object({
    ...issued.shape,
    evicted: z
      .array(sessionId)
      .meta({ description: 'Sessions within your reach that left for it' }),
  })
  .meta({ id: 'CreatedSession' })

export const made = z.union([created, preview])
type Made = z.input<typeof made>

export function statusOf(answer: Made): 200 | 201 {
  return 'dry_run' in answer ? 200 : 201
}

/** Makes a session and tells of it, or says what would happen. */
export async function makeSession(
  deps: SessionsDeps,
  caller: Caller,
  { stay, isDry }: { readonly stay: NewStay; readonly isDry: boolean },
): Promise<Made> {
  if (isDry) return presentPreview(deps, caller, stay)
  try {
    const one = await createSession(deps, stay)
    tellCreated(stay.holder.kind === 'user' ? 'api' : 'service')
    tellEnds(one.evicted)
    const reached = workspacesOfReach(caller.reach)
    const evicted = one.evicted.filter(({ workspaceId }) => reached.includes(workspaceId))
    return { ...presentIssued(one), evicted: evicted.map(({ id }) => formatId('ses', id)) }
  } catch (error) {
    throw error instanceof LimitReached ? await withCandidates(deps, caller, error) : error
  }
}

/** The same refusal, with those that the caller may see and end. */
async function withCandidates(
  deps: SessionsDeps,
  { reach }: Pick<Caller, 'reach'>,
  refusal: LimitReached,
): Promise<LimitReached> {
  const { seen, others } = await seenBy(deps, reach, refusal.reached.candidates)
  return refusal.with({ candidates: seen.map((one) => presentCounted(one)), others })
}

async function presentPreview(
  deps: SessionsDeps,
  { reach }: Caller,
  stay: NewStay,
): Promise<z.input<typeof preview>> {
  const room = await previewSession(deps, stay)
  const { outcome } = room
  if (outcome === 'admitted') {
    const leaving = room.evicted.map(({ candidate }) => candidate)
    const { seen, others } = await seenBy(deps, reach, leaving)
    const would_evict = seen.map((one) => presentCounted(one))
    return { dry_run: true, outcome, would_evict, others, reached: null }
  }
  const refusal = await withCandidates(deps, { reach }, new LimitReached(outcome, room.reached))
  const reached = refusal.details as { limit: string; max: number; count: number }
  return { dry_run: true, outcome, would_evict: [], others: 0, reached }
}
