import { z } from 'zod'
import {
  type AppliedLimit,
  type Concurrency,
  type ConcurrencyLimit,
  countsLogins,
  LIMIT_ACTIONS,
  type LimitKind,
} from '../../../decisions/concurrency.ts'
import { LIMIT_NAMES } from '../../../sessions/limits/limit-reached.ts'

const worth = z.record(z.string().max(200), z.int().min(-1000).max(1000))

const priorities = z
  .strictObject({
    role: worth.optional(),
    device_class: worth.optional(),
    acr: worth.optional(),
  })
  .meta({
    description:
      'For `evict_lowest_priority`: what a session is worth that the API gave no priority, by its best role, its device and its level together. What is not named is worth 0.',
  })

const limit = z
  .strictObject({
    max: z.int().min(1).max(10_000),
    on_reaching: z.enum(LIMIT_ACTIONS).meta({
      description:
        'What is done when one more comes: it is denied; another ends for it; or its person is asked which (over the API, the answer is `limit_reached` with those to choose from). Nobody who comes makes themselves leave: whoever would be the lowest is denied.',
    }),
    priorities: priorities.optional(),
  })
  .meta({ id: 'SessionLimit' })

const about = (description: string) => limit.optional().meta({ description })

/** How many sessions there may be at a time. */
export const concurrentSessions = z
  .strictObject({
    per_user: about('Sessions of one person'),
    per_device_class: about(
      'Sessions of one person on one kind of device: desktop, mobile, tablet, program, other',
    ),
    per_workspace: about('Sessions in one workspace, of everybody'),
    per_client: about('Sessions that one client made or takes part in, of everybody'),
  })
  .meta({
    id: 'ConcurrentSessions',
    description:
      'How many sessions there may be at a time. A limit counts what lies within the level that sets it: that of a workspace counts its sessions, that of a role those of its members. Offline sessions are not counted.',
  })

export const appliedLimit = z
  .object({
    limit: z.enum(Object.values(LIMIT_NAMES) as [string, ...string[]]),
    max: z.int(),
    on_reaching: z.enum(LIMIT_ACTIONS),
    counts: z.enum(['logins', 'sessions']).meta({
      description: '`logins`: with the sessions that have none. Each login is one place',
    }),
    within: z.array(z.string()).meta({ description: 'What those have in common that it counts' }),
    level: z.enum(['server', 'workspace', 'client', 'role', 'acr']),
    subject: z.string(),
  })
  .meta({ id: 'AppliedSessionLimit', description: 'A limit that holds, and which level set it' })

type Given = z.output<typeof concurrentSessions>

export function concurrencyOf(given: Given): Concurrency {
  const limits = Object.entries(LIMIT_NAMES).flatMap(([kind, name]) => {
    const one = given[name as keyof Given]
    return one ? [[kind as LimitKind, limitOf(one)] as const] : []
  })
  return Object.fromEntries(limits)
}

function limitOf({
  max,
  on_reaching,
  priorities: given,
}: z.output<typeof limit>): ConcurrencyLimit {
  if (!given) return { max, onReaching: on_reaching }
  const { role, device_class: deviceClass, acr } = given
  const worths = { ...(role && { role }), ...(deviceClass && { deviceClass }), ...(acr && { acr }) }
  return { max, onReaching: on_reaching, priorities: worths }
}

/** The same the other way. */
export function presentConcurrency(concurrency: Concurrency): Given {
  return Object.fromEntries(
    Object.entries(concurrency).map(([kind, { max, onReaching, priorities: worths }]) => {
      const { deviceClass, ...rest } = worths ?? {}
      const named = { ...rest, ...(deviceClass && { device_class: deviceClass }) }
      const limited = { max, on_reaching: onReaching, ...(worths && { priorities: named }) }
      return [LIMIT_NAMES[kind as LimitKind], limited]
    }),
  )
}

export function presentLimit(applied: AppliedLimit, subject: string): z.input<typeof appliedLimit> {
  return {
    limit: LIMIT_NAMES[applied.kind],
    max: applied.max,
    on_reaching: applied.onReaching,
    counts: countsLogins(applied) ? 'logins' : 'sessions',
    within: [...applied.within],
    level: applied.origin.level,
    subject,
  }
}
