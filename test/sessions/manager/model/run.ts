import { inspect } from 'node:util'
import { type Answer, type Caller, type MadeCall, make, type Token } from './calling.ts'
import type { State } from './expected.ts'
import { after, forgetUnseen, isPossible } from './model.ts'
import type { Call, Step } from './operations.ts'
import { written } from './session.ts'

/** The servers, as one run uses them. */
export interface Real {
  readonly auto: boolean
  readonly callers: Readonly<Record<Call['by'], readonly [Caller, Caller]>>
  /** The tokens that were handed out, the newest last. */
  readonly handedOut: Token[]
  pass(minutes: number): Promise<void>
  flush(): Promise<void>
}

/** All that may be, after what was answered: of calls made at once nobody says which came first. */
export interface Model {
  states: readonly State[]
}

export async function take(step: Step, model: Model, real: Real): Promise<void> {
  if (step.kind === 'pass') return pass(step.minutes, model, real)
  const made = step.calls.map((call, at) => withToken(call, at, real))
  const settled = made.length === 1
  if (settled && made[0]?.act.do === 'analytics') await settle(model, real)
  const answers = await Promise.all(made.map((call) => make(callerOf(real, call), call)))
  for (const answer of answers) if ('token' in answer && answer.token) handOut(real, answer.token)

  const pairs = made.map((call, at): Pair => [call, answers[at]!])
  const how = { auto: real.auto, settled }
  const reached = orders(pairs.flatMap(partsOf)).flatMap((order) =>
    order.reduce<readonly State[]>(
      (some, [call, answer]) => some.flatMap((state) => after(state, call, answer, how)),
      model.states,
    ),
  )
  const states = reached.filter(isPossible).map(forgetUnseen)
  if (states.length === 0) throw new Error(explain(model, pairs))
  model.states = [...new Map(states.map((state) => [JSON.stringify(state), state])).values()]
}

function handOut({ handedOut }: Real, token: Token): void {
  const same = ({ id, generation }: Token) => id === token.id && generation === token.generation
  if (!handedOut.some(same)) handedOut.push(token)
}

type Pair = readonly [MadeCall, Answer]

async function pass(minutes: number, model: Model, real: Real): Promise<void> {
  await settle(model, real)
  await real.pass(minutes)
  model.states = model.states.map((state) => ({ ...state, now: state.now + minutes }))
}

async function settle(model: Model, real: Real): Promise<void> {
  await real.flush()
  model.states = model.states.map((state) => ({ ...state, sessions: state.sessions.map(written) }))
}

function withToken(call: Call, at: number, { handedOut }: Real): MadeCall {
  const made = { ...call, at, part: 'only' } as const
  if (!('token' in call.act)) return { ...made, original: null, spoiled: 'not' }
  const { back, spoiled } = call.act.token
  return { ...made, original: handedOut.at(-1 - back) ?? null, spoiled }
}

function callerOf({ callers }: Real, { by, node }: Call): Caller {
  return callers[by][node]
}

/** An end of all, and a sweep, are several statements, and others may come in between. */
function partsOf([call, answer]: Pair): readonly Pair[] {
  if (call.act.do !== 'terminateAll' && call.act.do !== 'sweep') return [[call, answer]]
  return [
    [{ ...call, part: 'first' }, answer],
    [{ ...call, part: 'second' }, answer],
  ]
}

/** All orders in which no second part comes before its first. */
function orders(some: readonly Pair[]): readonly (readonly Pair[])[] {
  if (some.length <= 1) return [some]
  return some.flatMap((next, at) => {
    if (isEarly(next, some)) return []
    return orders(some.toSpliced(at, 1)).map((rest) => [next, ...rest])
  })
}

function isEarly([{ part, at }]: Pair, left: readonly Pair[]): boolean {
  return part === 'second' && left.some(([one]) => one.part === 'first' && one.at === at)
}

function explain({ states }: Model, pairs: readonly Pair[]): string {
  const show = (value: unknown) => inspect(value, { depth: 8, breakLength: 120 })
  const told = pairs.map(([call, answer]) => `${show(call)}\n  was answered ${show(answer)}`)
  return `the model knows no way to this:\n${told.join('\n')}\nwhere it stood at ${show(states)}`
}
