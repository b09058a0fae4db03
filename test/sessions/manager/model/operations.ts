import fc from 'fast-check'
import { ALLOWED, ELEVATIONS } from './rules.ts'
import type { Place } from './session.ts'

/** One call, made at one of the two nodes by the service, or by one that was admitted elsewhere. */
export interface Call {
  readonly node: 0 | 1
  readonly by: 'service' | 'stranger'
  readonly act: Act
}

export type Act =
  | { readonly do: 'create'; readonly place: Place }
  | {
      readonly do: 'validate'
      readonly token: Pick
      readonly background: boolean
      readonly place: Place | null
    }
  | { readonly do: 'renew' | 'terminate' | 'analytics'; readonly token: Pick }
  | { readonly do: 'context'; readonly token: Pick; readonly place: Place }
  | {
      readonly do: 'permissions'
      readonly token: Pick
      readonly permissions: readonly string[]
      readonly minutes: number | null
    }
  | { readonly do: 'list' | 'terminateAll' | 'sweep' }

/** One of the tokens that were handed out, counted back from the newest, as it is or spoiled. */
export interface Pick {
  readonly back: number
  readonly spoiled: 'not' | 'signature' | 'form'
}

export type Step =
  | { readonly kind: 'calls'; readonly calls: readonly Call[] }
  | { readonly kind: 'pass'; readonly minutes: number }

const weighted = <T>(...some: readonly (readonly [number, T])[]) =>
  fc.oneof(...some.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })))

const token: fc.Arbitrary<Pick> = fc.record({
  back: weighted([6, 0], [4, 1], [2, 2], [1, 3], [1, 4]),
  spoiled: weighted([20, 'not'], [1, 'signature'], [1, 'form']),
})

const place: fc.Arbitrary<Place> = fc.record({
  device: weighted([5, undefined], [3, 'laptop'], [2, 'phone']),
  country: weighted([5, undefined], [3, 'DE'], [2, 'US']),
})

const permissions = fc.oneof(
  { weight: 5, arbitrary: fc.subarray([...ALLOWED, ...ELEVATIONS]) },
  { weight: 1, arbitrary: fc.constant(['write', 'rule']) },
)

const create = fc.record({ do: fc.constant('create' as const), place })
const renew = fc.record({ do: fc.constant('renew' as const), token })
const terminate = fc.record({ do: fc.constant('terminate' as const), token })
const analytics = fc.record({ do: fc.constant('analytics' as const), token })
const context = fc.record({ do: fc.constant('context' as const), token, place })
const validate = fc.record({
  do: fc.constant('validate' as const),
  token,
  background: weighted([3, false], [1, true]),
  place: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: place }),
})
const elevate = fc.record({
  do: fc.constant('permissions' as const),
  token,
  permissions,
  minutes: weighted<number | null>([3, null], [3, 3.5], [2, 9.5], [1, 481]),
})
const others = weighted(
  [2, { do: 'list' as const }],
  [1, { do: 'terminateAll' as const }],
  [1, { do: 'sweep' as const }],
)

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: create },
  { weight: 8, arbitrary: validate },
  { weight: 6, arbitrary: renew },
  { weight: 2, arbitrary: terminate },
  { weight: 2, arbitrary: analytics },
  { weight: 3, arbitrary: context },
  { weight: 4, arbitrary: elevate },
  { weight: 4, arbitrary: others },
)

const call: fc.Arbitrary<Call> = fc.record({
  node: fc.constantFrom(0, 1),
  by: weighted([15, 'service'], [1, 'stranger']),
  act,
})

export const calls = (atOnce: number): fc.Arbitrary<Step> =>
  fc.record({
    kind: fc.constant('calls' as const),
    calls: fc.array(call, { minLength: atOnce, maxLength: atOnce }),
  })

/** What makes a difference to whoever does it at the same time. */
const rival = fc.oneof(
  { weight: 3, arbitrary: renew },
  { weight: 4, arbitrary: context },
  { weight: 2, arbitrary: validate },
  { weight: 2, arbitrary: elevate },
  { weight: 1, arbitrary: terminate },
)

/** Two that want the same session at once, at one node or at two. */
export const rivals: fc.Arbitrary<Step> = fc
  .tuple(weighted([4, 0], [1, 1], [1, 2]), fc.constantFrom<0 | 1>(0, 1), rival, rival)
  .map(([back, other, ...acts]) => ({
    kind: 'calls',
    calls: acts.map((one, node) => ({
      node: node === 0 ? 0 : other,
      by: 'service',
      act: { ...one, token: { back, spoiled: 'not' } },
    })),
  }))

export const passes: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('pass' as const),
  minutes: weighted([4, 1], [3, 4], [4, 7], [4, 11], [1, 15]),
})
