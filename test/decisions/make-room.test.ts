import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import {
  type AppliedLimit,
  LIMIT_ACTIONS,
  type LimitAction,
} from '../../src/decisions/concurrency.ts'
import {
  type Candidate,
  decideRoom,
  type Newcomer,
  tooManyOf,
  worthOf,
} from '../../src/decisions/make-room.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute))
const NEW: Newcomer = { priority: null, roles: [], deviceClass: null, acr: null }

function candidate(id: string, more: Partial<Candidate> = {}): Candidate {
  const standing = { ...NEW, createdAt: at(0), lastSeenAt: at(0) }
  return { kind: 'session', id, loginId: null, ...standing, ...more }
}

function limit(max: number, onReaching: LimitAction, more: Partial<AppliedLimit> = {}) {
  const origin = { level: 'server', subject: '' } as const
  return { kind: 'perUser', within: ['user'], origin, max, onReaching, ...more } as const
}

/** Each older than the next, and each used later than the next. */
const [A, B, C] = [
  candidate('a', { createdAt: at(1), lastSeenAt: at(9) }),
  candidate('b', { createdAt: at(2), lastSeenAt: at(8) }),
  candidate('c', { createdAt: at(3), lastSeenAt: at(7) }),
]
const ALL = [C, A, B]

function evictedBy(one: AppliedLimit, candidates = ALL, newcomer = NEW) {
  const room = decideRoom(newcomer, [{ limit: one, candidates }])
  return room.outcome === 'admitted'
    ? room.evicted.map(({ candidate: { id } }) => id)
    : room.outcome
}

test.describe('room for one more', () => {
  test('is there below the limit, whatever is done on reaching it', () => {
    for (const action of LIMIT_ACTIONS) expect(evictedBy(limit(4, action))).toEqual([])
  })

  test('is made by whoever the action names', () => {
    expect(evictedBy(limit(3, 'evict_oldest'))).toEqual(['a'])
    expect(evictedBy(limit(3, 'evict_least_recently_used'))).toEqual(['c'])
    expect(evictedBy(limit(3, 'deny'))).toBe('denied')
    expect(evictedBy(limit(3, 'ask'))).toBe('ask')
  })

  test('is made by as many as are too many', () => {
    expect(evictedBy(limit(1, 'evict_oldest'))).toEqual(['a', 'b', 'c'])
    expect(evictedBy(limit(2, 'evict_least_recently_used'))).toEqual(['c', 'b'])
  })

  test('is made by the lowest priority, of equal ones by the one used least', () => {
    const low = [candidate('low', { priority: -5, lastSeenAt: at(59) }), ...ALL]
    expect(evictedBy(limit(4, 'evict_lowest_priority'), low)).toEqual(['low'])
    expect(evictedBy(limit(3, 'evict_lowest_priority'), low)).toEqual(['low', 'c'])
  })

  test('is not made for a newcomer who would be the first to go', () => {
    const newcomer = { ...NEW, priority: -1 }
    expect(evictedBy(limit(3, 'evict_lowest_priority'), ALL, newcomer)).toBe('denied')
    const lower = [candidate('low', { priority: -2 }), ...ALL]
    expect(evictedBy(limit(4, 'evict_lowest_priority'), lower, newcomer)).toEqual(['low'])
    // Two must go, and the newcomer is one of the two lowest.
    expect(evictedBy(limit(3, 'evict_lowest_priority'), lower, newcomer)).toBe('denied')
  })

  test('is made for a newcomer who is worth as much, who may be the next to go', () => {
    expect(evictedBy(limit(3, 'evict_lowest_priority'))).toEqual(['c'])
  })

  test('says how many must end, and what priority would do', () => {
    const contest = { limit: limit(2, 'evict_lowest_priority'), candidates: ALL }
    expect(decideRoom({ ...NEW, priority: -1 }, [contest])).toMatchObject({
      outcome: 'denied',
      reached: { count: 3, tooMany: 2, priorityNeeded: 0, candidates: [C, B, A] },
    })
  })
})

test.describe('under several limits', () => {
  const login = candidate('login', { kind: 'login' })
  const within = candidate('within', { loginId: 'login' })

  test('who leaves for one is not counted by the next, nor are a login’s sessions', () => {
    const room = decideRoom(NEW, [
      { limit: limit(1, 'evict_oldest'), candidates: [login] },
      { limit: limit(1, 'evict_oldest', { within: ['workspace'] }), candidates: [within] },
      { limit: limit(1, 'deny', { within: ['client'] }), candidates: [login, within] },
    ])
    expect(room).toMatchObject({ outcome: 'admitted', evicted: [{ candidate: { id: 'login' } }] })
  })

  test('one that denies lets nobody leave for the others, and is stronger than one that asks', () => {
    const evicting = { limit: limit(1, 'evict_oldest'), candidates: [A] }
    const asking = { limit: limit(1, 'ask'), candidates: [B] }
    const denying = { limit: limit(1, 'deny'), candidates: [C] }
    const outcome = (...contests: Parameters<typeof decideRoom>[1]) => {
      const { outcome: came, ...rest } = decideRoom(NEW, contests)
      return [came, ...Object.keys(rest)]
    }
    expect(outcome(evicting)).toEqual(['admitted', 'evicted'])
    expect(outcome(evicting, asking)).toEqual(['ask', 'reached'])
    expect(outcome(asking, evicting, denying)).toEqual(['denied', 'reached'])
    expect(outcome(denying, asking)).toEqual(['denied', 'reached'])
  })

  test('never more remain than each allows, and nobody leaves without need', () => {
    const anyone = fc.record({
      kind: fc.constantFrom('login' as const, 'session' as const),
      loginId: fc.constant(null),
      createdAt: fc.integer({ min: 0, max: 59 }).map(at),
      lastSeenAt: fc.integer({ min: 0, max: 59 }).map(at),
      priority: fc.option(fc.integer({ min: -3, max: 3 })),
      roles: fc.subarray(['a', 'b']),
      deviceClass: fc.constant(null),
      acr: fc.constant(null),
    })
    const action = fc.constantFrom(...LIMIT_ACTIONS)
    const contest = fc.record({
      max: fc.integer({ min: 1, max: 4 }),
      action,
      who: fc.subarray([0, 1, 2, 3, 4, 5, 6]),
    })
    const people = fc.array(anyone, { minLength: 7, maxLength: 7 })
    fc.assert(
      fc.property(people, fc.array(contest, { maxLength: 3 }), anyone, (some, asked, newcomer) => {
        const all = some.map((one, index) => ({ ...one, id: String(index) }))
        const contests = asked.map(({ max, action: act, who }) => ({
          limit: limit(max, act, { priorities: { role: { a: 1, b: -1 } } }),
          candidates: who.map((index) => all[index]!),
        }))
        const room = decideRoom(newcomer, contests)
        if (room.outcome !== 'admitted') return expect(room.reached.tooMany).toBeGreaterThan(0)
        const gone = new Set(room.evicted.map(({ candidate: { id } }) => id))
        expect(gone.size).toBe(room.evicted.length)
        for (const { limit: one, candidates } of contests)
          expect(candidates.filter(({ id }) => !gone.has(id)).length).toBeLessThan(one.max)
        for (const { limit: one } of room.evicted) expect(one.onReaching).toMatch(/^evict_/)
        for (const { candidate: one, limit: by } of room.evicted)
          if (by.onReaching === 'evict_lowest_priority')
            expect(worthOf(one, by.priorities)).toBeLessThanOrEqual(
              worthOf(newcomer, by.priorities),
            )
      }),
    )
  })
})

test.describe('what a session is worth', () => {
  const priorities = {
    role: { admin: 10, guest: -10 },
    deviceClass: { desktop: 2 },
    acr: { 'urn:sojourn:aal2': 5 },
  }
  const worth = (more: object) => worthOf({ ...NEW, ...more }, priorities)

  test('is its best role, its device and its level together', () => {
    expect(worth({})).toBe(0)
    expect(worth({ roles: ['guest'] })).toBe(-10)
    expect(worth({ roles: ['guest', 'admin'] })).toBe(10)
    expect(worth({ roles: ['admin'], deviceClass: 'desktop', acr: 'urn:sojourn:aal2' })).toBe(17)
  })

  test('is what the API said, where it did', () => {
    expect(worth({ priority: 1, roles: ['admin'] })).toBe(1)
  })

  test('is nothing for a role with the name of what every object has', () => {
    expect(worth({ roles: ['constructor', '__proto__'] })).toBe(0)
  })
})

test.describe('a limit that was lowered', () => {
  const left = (max: number, action: LimitAction) =>
    tooManyOf({ limit: limit(max, action), candidates: ALL }).map(({ id }) => id)

  test('ends those who are too many, in the order of its action', () => {
    expect(left(3, 'evict_oldest')).toEqual([])
    expect(left(1, 'evict_oldest')).toEqual(['a', 'b'])
    expect(left(2, 'evict_least_recently_used')).toEqual(['c'])
    expect(left(2, 'evict_lowest_priority')).toEqual(['c'])
  })

  test('leaves those who came first where newcomers are denied, those in use where people are asked', () => {
    expect(left(1, 'deny')).toEqual(['c', 'b'])
    expect(left(2, 'ask')).toEqual(['c'])
  })
})
