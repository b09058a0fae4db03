import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import {
  activeKey,
  planRotation,
  planRotationNow,
  publishedKeys,
  type SigningKeyTimes,
  type SigningPolicy,
} from '../../src/keys/signing-plan.ts'

const POLICY = { rotation: 1000, jwksMaxAge: 100, maxTokenLifetime: 300, margin: 20 }
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000)
const key = (times: Partial<SigningKeyTimes> = {}): SigningKeyTimes => {
  return {
    kid: 'k1',
    publishedAt: at(0),
    activeAt: at(0),
    retiredAt: null,
    removedAt: null,
    ...times,
  }
}

test.describe('planning a rotation', () => {
  test('publishes the very first key for use at once', () => {
    expect(planRotation([], at(5), POLICY)).toEqual({
      publish: { publishedAt: at(5), activeAt: at(5) },
      retire: null,
    })
  })

  for (const seconds of [0, 500, 879])
    test(`does nothing ${seconds} s after a key began`, () => {
      expect(planRotation([key()], at(seconds), POLICY)).toEqual({ publish: null, retire: null })
    })

  for (const seconds of [880, 5000])
    test(`announces the next one a cache time and a margin ahead, ${seconds} s after`, () => {
      expect(planRotation([key()], at(seconds), POLICY)).toEqual({
        publish: { publishedAt: at(seconds), activeAt: at(seconds + 120) },
        retire: {
          kid: 'k1',
          retiredAt: at(seconds + 120),
          removedAt: at(seconds + 120 + 20 + 300 + 100),
        },
      })
    })

  test('at an operator’s wish announces now, but not twice', () => {
    const plan = planRotationNow([key()], at(1), POLICY)
    expect(plan.publish).toEqual({ publishedAt: at(1), activeAt: at(121) })

    const next = key({ kid: 'k2', ...plan.publish })
    const keys = [key({ ...plan.retire }), next]
    expect(planRotationNow(keys, at(60), POLICY)).toEqual({ publish: null, retire: null })
    expect(planRotationNow(keys, at(121), POLICY).retire?.kid).toBe('k2')
  })
})

test.describe('over any history of rotations', () => {
  test('one key signs at each instant, and every verifier has it', () => {
    fc.assert(
      fc.property(policies, histories, moments, (policy, history, when) => {
        const keys = live(policy, history)
        return when.every((moment) => isSafe(keys, policy, moment))
      }),
      { numRuns: 300 },
    )
  })
})

/** Whether one key signs, and a verifier who asked another node before has it. */
function isSafe(keys: readonly Told[], policy: SigningPolicy, moment: Moment): boolean {
  const turn = keys[moment.turn % keys.length]!.activeAt
  const loaded = Math.max(0, (turn.getTime() - at(0).getTime()) / 1000 + moment.offset)
  const signed = loaded + moment.signerLag * policy.margin
  const known = knownAt(keys, loaded)
  const signers = known.filter((k) => activeKey([k], at(loaded)))
  if (signers.length !== 1 || signers[0] !== activeKey(known, at(loaded))) return false

  // Verified within the token's life, with a set of at most max-age, served by a node that had
  // loaded its keys at most a margin before.
  const verified = signed + moment.tokenAge * policy.maxTokenLifetime
  const fetched = verified - moment.setAge * policy.jwksMaxAge
  const served = Math.max(0, fetched - moment.serverLag * policy.margin)
  const told = publishedKeys(knownAt(keys, served), at(served))
  return told.some(({ kid }) => kid === signers[0]!.kid)
}

const policies: fc.Arbitrary<SigningPolicy> = fc.record({
  rotation: fc.integer({ min: 1, max: 1000 }),
  jwksMaxAge: fc.integer({ min: 1, max: 300 }),
  maxTokenLifetime: fc.integer({ min: 1, max: 600 }),
  margin: fc.integer({ min: 1, max: 60 }),
})

/** When jobs ran, and which of them were an operator's wish. */
const histories = fc.array(
  fc.record({
    after: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 2000 })),
    isWish: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
)

// Faults show around the turn from one key to the next, and where delays are shortest or longest.
const offset = fc.oneof(fc.constantFrom(-0.001, 0), fc.double({ min: -900, max: 900, noNaN: true }))
const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))
interface Moment {
  readonly turn: number
  readonly offset: number
  readonly signerLag: number
  readonly tokenAge: number
  readonly setAge: number
  readonly serverLag: number
}
const delays = { signerLag: share, tokenAge: share, setAge: share, serverLag: share }
const moment: fc.Arbitrary<Moment> = fc.record({ turn: fc.nat(), offset, ...delays })
const moments = fc.array(moment, { minLength: 1, maxLength: 30 })

/** A key of a history: what is told of it changes once, when its successor is announced. */
interface Told extends SigningKeyTimes {
  readonly retirementKnownAt: number
}

function live(policy: SigningPolicy, history: readonly { after: number; isWish: boolean }[]) {
  let now = 0
  let keys: Told[] = []
  const run = (isWish: boolean) => {
    const plan = (isWish ? planRotationNow : planRotation)(keys, at(now), policy)
    const { publish, retire } = plan
    keys = keys.map((k) =>
      k.kid === retire?.kid ? { ...k, ...retire, retirementKnownAt: now } : k,
    )
    const open = { retiredAt: null, removedAt: null, retirementKnownAt: Number.POSITIVE_INFINITY }
    if (publish) keys.push({ kid: `k${keys.length}`, ...publish, ...open })
  }
  run(false)
  for (const { after, isWish } of history) {
    now += after
    run(isWish)
  }
  return keys
}

/** What the database said at that moment. */
function knownAt(keys: readonly Told[], seconds: number): SigningKeyTimes[] {
  return keys
    .filter(({ publishedAt }) => publishedAt <= at(seconds))
    .map((k) => (k.retirementKnownAt <= seconds ? k : { ...k, retiredAt: null, removedAt: null }))
}
