import type { Config } from '../config/config.ts'
import { followOutcomes } from '../monitoring/outcome.ts'
import { type FeedView, followFeed } from '../revocation/follow-feed.ts'
import { type Recollection, recollect } from '../revocation/recollection.ts'
import { mayBeBounded } from '../sessions/manager/consistency.ts'
import { type RecalledSessions, recollectSessions } from '../sessions/manager/recall-session.ts'
import { type ReadTokenCheck, tokenCheckReader } from '../sessions/manager/token-check.ts'
import {
  callerStandsOn,
  nameOfToken,
  type ReadServiceCaller,
  type ServiceCaller,
  type ServiceToken,
  serviceCallerReader,
} from '../sessions/tokens/service-caller.ts'
import type { Core } from './core.ts'

export type RecalledCallers = Recollection<ServiceToken, ServiceCaller>

/** What checks of session tokens are answered from: the database and, where a call may be, memory. */
export interface SessionMemory {
  readonly tokenChecks: ReadTokenCheck
  readonly serviceCallers: ReadServiceCaller
  /** Null, all three, where every call is answered by the database. */
  readonly view: FeedView | null
  readonly recalledSessions: RecalledSessions | null
  readonly recalledCallers: RecalledCallers | null
  forgetAtEnd(): () => void
}

/** Looks within one bound: several may fail, and the view is still young enough. */
const LOOKS = 10
/** Milliseconds between two looks at most. */
const LONGEST_PAUSE = 500
const MOST_CALLERS = 1_000

export function createSessionMemory(core: Core): SessionMemory {
  const tokenChecks = tokenCheckReader(core.db)
  const serviceCallers = serviceCallerReader(core.db)
  if (!mayBeBounded(rulesOf(core.config)))
    return {
      tokenChecks,
      serviceCallers,
      view: null,
      recalledSessions: null,
      recalledCallers: null,
      forgetAtEnd: () => () => undefined,
    }

  const { maxStaleness, remembered } = core.config.validation
  const bound = maxStaleness * 1000
  const view = followFeed({ ...core, every: Math.min(bound / LOOKS, LONGEST_PAUSE) })
  const recalledSessions = recollectSessions({ view, bound, limit: remembered, read: tokenChecks })
  const recalledCallers = recollect<ServiceToken, ServiceCaller>({
    view,
    bound,
    limit: MOST_CALLERS,
    read: serviceCallers,
    nameOf: nameOfToken,
    standsOn: callerStandsOn,
  })
  return {
    tokenChecks: recalledSessions.read,
    serviceCallers: recalledCallers.read,
    view,
    recalledSessions,
    recalledCallers,
    // What ended through this process is forgotten here before it is answered, whatever the feed does.
    forgetAtEnd: () =>
      followOutcomes(({ kind, session }) => {
        if (kind === 'session.ended') recalledSessions.forget(String(session))
      }),
  }
}

function rulesOf({ distributed, validation }: Config) {
  return {
    consistency: distributed.consistency,
    boundedOnRequest: validation.boundedOnRequest,
  }
}
