import { tryExclusively } from './database/advisory-lock.ts'
import { purge } from './database/purge.ts'
import { countBacklog } from './database/purge-due.ts'
import { destroyUnusedEpochs } from './keys/epochs.ts'
import { DATA_KEY_LOOK, destroyUnusedDataKeys } from './keys/rotate-data-key.ts'
import { ROOT_ROTATION } from './keys/rotate-root.ts'
import { rotateSigningKeys } from './keys/signing-keys.ts'
import { followOutcomes, outcomes } from './monitoring/outcome.ts'
import { startDeliveries } from './revocation/deliveries.ts'
import { lookInterval, rotationInterval } from './services/signing-rotation.ts'
import type { Services } from './services.ts'
import { FLUSH_SECONDS } from './sessions/activity.ts'
import type { EndedSession } from './sessions/ending/end.ts'
import { IDLE_SLACK, sweep } from './sessions/ending/sweep.ts'
import { lowerLimits } from './sessions/limits/lower-limits.ts'
import { closeElevations } from './sessions/manager/close-elevations.ts'
import { tightenSessions } from './sessions/manager/tighten-sessions.ts'
import { TALLY_WINDOW } from './users/failure-tally.ts'

/** Work that comes again and again. */
export interface Job<S> {
  readonly name: string
  /** Seconds between two runs, more or less. */
  readonly every: number | ((services: S) => number)
  /** Runs in each process, for what a process holds itself; all others run in one at a time. */
  readonly everywhere?: boolean
  readonly run: (services: S) => Promise<unknown>
}

/** Longer than anybody looks again at a session in use; what is needed later is unwrapped again. */
const FORGET = 300

export const JOBS: readonly Job<Services>[] = [
  {
    name: 'sessions.flush',
    every: FLUSH_SECONDS,
    everywhere: true,
    run: (s) => s.activity.flush(),
  },
  {
    name: 'users.tell-failures',
    every: TALLY_WINDOW,
    everywhere: true,
    run: (s) => s.failures.flush(),
  },
  {
    name: 'sessions.flush-figures',
    every: FLUSH_SECONDS,
    everywhere: true,
    run: (s) => s.figures.flush(),
  },
  {
    name: 'keys.forget-unused',
    every: 60,
    everywhere: true,
    run: async (s) => s.keyring.sweep(FORGET),
  },
  {
    name: 'keys.follow-signing',
    every: (s) => lookInterval(s.signingRotation),
    everywhere: true,
    run: (s) => s.oidc.refresh(),
  },
  {
    name: 'keys.follow-data',
    every: DATA_KEY_LOOK,
    everywhere: true,
    run: (s) => s.serverKeys.refresh(),
  },
  {
    name: 'keys.watch-incarnation',
    every: 2,
    everywhere: true,
    run: (s) => s.watchIncarnation(),
  },
  {
    name: 'keys.rotate-signing',
    every: (s) => rotationInterval(s.signingRotation),
    run: (s) => rotateSigningKeys(s, s.signingRotation),
  },
  { name: ROOT_ROTATION, every: 300, run: (s) => s.rootCare.look() },
  { name: 'sessions.sweep', every: 15, run: sweepAndTell },
  { name: 'sessions.tighten', every: 20, run: (s) => tightenSessions(s) },
  {
    name: 'sessions.lower-limits',
    every: 20,
    run: async (s) => tellEnds(await lowerLimits(s)),
  },
  { name: 'sessions.close-elevations', every: 15, run: (s) => closeElevations(s) },
  { name: 'keys.destroy-unused-epochs', every: 300, run: (s) => destroyUnusedEpochs(s.db, s) },
  { name: 'keys.destroy-unused-data', every: 3_600, run: (s) => destroyUnusedDataKeys(s.db) },
  { name: 'database.purge', every: 60, run: purgeAndTell },
]

export interface Work {
  /** Begins nothing any more and waits for what is under way. */
  stop(): Promise<void>
}

/** Everything that a serving process does without being asked. */
export function startWork(services: Services): Work {
  const deliveries = startDeliveries({
    ...services,
    signingKeys: async () => services.oidc.keys(),
  })
  const unfollow = followOutcomes(({ kind }) => {
    if (kind === 'session.ended') deliveries.wake()
  })
  const jobs = startJobs(services, JOBS)
  return {
    stop: async () => {
      unfollow()
      await Promise.all([jobs.stop(), deliveries.stop()])
    },
  }
}

type JobDeps = Pick<Services, 'pool' | 'log'>

/**
 * Runs each job again and again. What runs in one process at a time runs one after another here,
 * so that all of it holds one connection for locks; a job that fails is logged and comes again.
 */
export function startJobs<S extends JobDeps>(services: S, jobs: readonly Job<S>[]): Work {
  const timers = new Map<string, NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  let line = Promise.resolve()
  let stopped = false

  function begin(job: Job<S>): void {
    const turn = job.everywhere ? runJob(services, job) : line.then(() => runLocked(job))
    if (!job.everywhere) line = turn
    running.add(turn)
    void turn.finally(() => {
      running.delete(turn)
      plan(job)
    })
  }

  async function runLocked(job: Job<S>): Promise<void> {
    if (!stopped) await runJob(services, job)
  }

  function plan(job: Job<S>): void {
    const seconds = typeof job.every === 'number' ? job.every : job.every(services)
    if (!stopped)
      timers.set(
        job.name,
        setTimeout(() => begin(job), withJitter(seconds)),
      )
  }

  for (const job of jobs) plan(job)
  return {
    stop: async () => {
      stopped = true
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}

/** One run; never rejects, since nobody waits for it who could do anything. */
async function runJob<S extends JobDeps>(services: S, job: Job<S>): Promise<void> {
  const started = performance.now()
  const outcome = await attempt(services, job)
  const seconds = (performance.now() - started) / 1000
  outcomes.publish({ kind: 'job', job: job.name, outcome, seconds })
}

async function attempt<S extends JobDeps>(
  services: S,
  job: Job<S>,
): Promise<'done' | 'elsewhere' | 'failed'> {
  const work = () => job.run(services)
  try {
    if (job.everywhere) await work()
    else if (!(await tryExclusively(services.pool, job.name, work)).held) return 'elsewhere'
    return 'done'
  } catch (error) {
    services.log.error({ err: error, job: job.name }, 'a job failed')
    return 'failed'
  }
}

/** Nodes that were started together drift apart. */
function withJitter(seconds: number): number {
  return seconds * 1000 * (0.8 + Math.random() * 0.4)
}

async function purgeAndTell({ db, config }: Services): Promise<void> {
  const endedFor = config.analytics.collection.retention
  const removed = await purge(db, { endedFor })
  const waiting = await countBacklog(db, { endedFor, idleSlack: IDLE_SLACK })
  outcomes.publish({ kind: 'cleanup', removed, waiting })
}

async function sweepAndTell(services: Services): Promise<void> {
  tellEnds(await sweep(services))
}

function tellEnds(ended: readonly EndedSession[]): void {
  for (const { id, cause } of ended) outcomes.publish({ kind: 'session.ended', cause, session: id })
}
