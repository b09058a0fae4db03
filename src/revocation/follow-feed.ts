import type { Database } from '../database/database.ts'
import { listen } from '../database/listen.ts'
import type { Sql } from '../database/sql.ts'
import { type Glance, glanceAtFeed } from './feed-glance-store.ts'

/** What a follower hears: whom changes were about, or that anything may have changed. */
export type Heard = ReadonlySet<string> | 'everything'

/** How far a process has followed the feed. */
export interface FeedView {
  /** Milliseconds since the moment up to which all that was committed has been heard of. */
  age(): number
  /** The database's time, as of the last look; never behind it by more than clocks drift apart. */
  now(): Date
  /** Called for each look that brought something, before the look counts. */
  onHeard(listener: (heard: Heard) => void): void
  /** Records heard, and looks that failed, since the start. */
  readonly counts: { readonly records: number; readonly failures: number }
  close(): Promise<void>
}

interface Options extends Pick<Database, 'pool'> {
  readonly db: Sql
  readonly incarnation: string
  /** Milliseconds between two looks where nothing is told. */
  readonly every: number
}

/** Behind by more than that, whoever follows begins anew. */
const MOST_RECORDS = 10_000
/** Milliseconds; records of changes are kept for twice as long at least. */
const LONGEST_ABSENCE = 300_000
/** Milliseconds between two looks, however much is told. */
const SHORTEST_PAUSE = 5

const NOBODY: ReadonlySet<string> = new Set()

/**
 * Follows the feed, so that memories of what it is about can be kept true.
 *
 * Looking is what counts, and a notification only lets it happen sooner: where the connection for
 * those is cut, nothing is lost but a moment. A look that found nothing proves as much as one that
 * did: that all until the moment it was sent has been heard. Silence proves nothing.
 */
export function followFeed({ db, pool, incarnation, every }: Options): FeedView {
  const listeners: ((heard: Heard) => void)[] = []
  const counts = { records: 0, failures: 0 }
  let last: { readonly glance: Glance; readonly sent: Moment } | null = null
  let wake: () => void = () => undefined
  let isTold = false
  let closed = false

  async function look(): Promise<void> {
    const sent = momentNow()
    const glance = await glanceAtFeed(db, last?.glance.head ?? null, MOST_RECORDS)
    // All that this process knows is of another life of the database.
    const isOurs = glance.incarnation === incarnation
    tell(isOurs ? heardIn(glance) : 'everything')
    last = isOurs ? { glance, sent } : null
  }

  function heardIn({ head, records }: Glance): Heard {
    if (!last) return NOBODY
    const before = last.glance
    // The database went back in time, too much happened, or records may have been purged unread.
    const isLost = BigInt(head) < BigInt(before.head)
    if (isLost || records.size >= MOST_RECORDS || since(last.sent) > LONGEST_ABSENCE)
      return 'everything'
    const fresh = [...records].filter(([id]) => !before.records.has(id))
    counts.records += fresh.length
    return new Set(fresh.map(([, subject]) => subject))
  }

  function tell(heard: Heard): void {
    if (heard !== 'everything' && heard.size === 0) return
    for (const listener of listeners) listener(heard)
  }

  async function follow(): Promise<void> {
    while (!closed) {
      isTold = false
      await look().catch(() => {
        counts.failures += 1
      })
      await pause(SHORTEST_PAUSE)
      if (!isTold && !closed) await pause(every)
    }
  }

  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      wake = () => {
        if (milliseconds === SHORTEST_PAUSE) return
        clearTimeout(timer)
        resolve()
      }
    })
  }

  const listening = listen({
    pool,
    channel: 'sojourn_feed',
    heard: () => {
      isTold = true
      wake()
    },
  })
  const following = follow()

  return {
    counts,
    age: () => (last ? since(last.sent) : Number.POSITIVE_INFINITY),
    now: () => new Date(last ? last.glance.now.getTime() + since(last.sent) : Date.now()),
    onHeard: (listener) => void listeners.push(listener),
    close: async () => {
      closed = true
      wake()
      await Promise.all([listening.close(), following])
    },
  }
}

interface Moment {
  readonly steady: number
  readonly wall: number
}

function momentNow(): Moment {
  return { steady: performance.now(), wall: Date.now() }
}

/** By whichever clock went further: the steady one may stand still while the machine is suspended. */
function since({ steady, wall }: Moment): number {
  return Math.max(performance.now() - steady, Date.now() - wall)
}
