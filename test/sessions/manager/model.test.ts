import { SessionManager } from '@sojourn/sdk'
import fc from 'fast-check'
import { admitClient } from '../../../src/clients/admissions.ts'
import { createUser } from '../../../src/users/create-user.ts'
import { addMember } from '../../../src/workspaces/add-member.ts'
import { setRole } from '../../../src/workspaces/set-role.ts'
import { test } from '../../support/database.ts'
import { flush, type NodePair, startPair } from '../../support/node-pair.ts'
import { givenOn } from '../../support/world.ts'
import { calls, passes, rivals, type Step } from './model/operations.ts'
import { ALLOWED, ELEVATIONS, settingsOf } from './model/rules.ts'
import { type Model, type Real, take } from './model/run.ts'

const OPERATOR = { kind: 'operator' } as const

/**
 * As many runs as fit into a moment; `MODEL_RUNS=2000` makes so many, and `MODEL_SEED=…` with `MODEL_PATH=…` runs again what was printed.
 */
const { MODEL_RUNS, MODEL_SEED, MODEL_PATH } = process.env
const RUNS = Number(MODEL_RUNS ?? 15)
const MOMENT = MODEL_RUNS || MODEL_SEED ? Number.POSITIVE_INFINITY : 10_000
const AGAIN = {
  ...(MODEL_SEED && { seed: Number(MODEL_SEED) }),
  ...(MODEL_PATH && { path: MODEL_PATH }),
}

for (const way of ['renews when asked', 'renews by itself'] as const)
  test(`two processes and a model agree on every session, which ${way}`, async () => {
    test.setTimeout(60_000 + RUNS * 10_000)
    const pair = await startPair(settingsOf(way))
    const stage = await staged(pair)
    const auto = way === 'renews by itself'
    const begin = inTime()
    const property = fc.asyncProperty(STEPS, (steps) => begin(() => agree(stage, auto, steps)))
    const found = await fc.check(property, { numRuns: RUNS, ...AGAIN }).finally(pair.close)
    if (found.failed) throw new Error(told(found))
  })

/** Begins no run any more once the moment is over, but for those that make a failure smaller. */
function inTime(): (run: () => Promise<void>) => Promise<void> {
  const end = performance.now() + MOMENT
  let hasFailed = false
  return async (run) => {
    if (performance.now() > end && !hasFailed) return
    await run().catch((error: unknown) => {
      hasFailed = true
      throw error
    })
  }
}

/** What is needed to run it again, the calls that it takes, and what was answered to the last. */
function told(
  found: Pick<
    fc.RunDetails<unknown>,
    'seed' | 'counterexamplePath' | 'counterexample' | 'errorInstance'
  >,
): string {
  const { seed, counterexamplePath, counterexample, errorInstance } = found
  const steps = String(counterexample).replaceAll('},{"kind', '},\n{"kind')
  return `MODEL_SEED=${seed} MODEL_PATH=${counterexamplePath}\n${steps}\n${errorInstance}`
}

class Taken implements fc.AsyncCommand<Model, Real> {
  readonly #step: Step

  constructor(step: Step) {
    this.#step = step
  }

  check(): boolean {
    return true
  }

  run(model: Model, real: Real): Promise<void> {
    return take(this.#step, model, real)
  }

  toString(): string {
    return JSON.stringify(this.#step)
  }
}

const STEPS = fc.commands(
  [calls(1), calls(1), calls(2), calls(3), rivals, rivals, passes, passes].map((steps) =>
    steps.map((step) => new Taken(step)),
  ),
  { maxCommands: 40, size: 'max' },
)

async function agree(
  stage: Awaited<ReturnType<typeof staged>>,
  auto: boolean,
  steps: Iterable<fc.AsyncCommand<Model, Real>>,
): Promise<void> {
  const person = await stage.person()
  await fc.asyncModelRun(
    () => ({
      model: { states: [{ now: 0, sessions: [], counted: {} }] },
      real: {
        auto,
        handedOut: [],
        callers: {
          service: stage.callersFor(person, 'service'),
          stranger: stage.callersFor(person, 'stranger'),
        },
        pass: (minutes) => stage.pair.pass(`${minutes}m`),
        flush: () => flush(stage.pair.nodes),
      },
    }),
    steps,
  )
}

/** A workspace whose service makes sessions for its people, and a service of another one. */
async function staged(pair: NodePair) {
  const { services, issuer, nodes } = pair
  const { db } = services
  const given = givenOn({ issuer, services })
  const workspace = await given.workspace()
  const place = { workspaceId: workspace.id, by: OPERATOR }
  const role = { name: 'member', permissions: ALLOWED, elevations: ELEVATIONS }
  await setRole(db, { ...place, role })
  const managers = {
    service: await managersIn(pair, place.workspaceId),
    stranger: await managersIn(pair, (await given.workspace()).id),
  }
  let count = 0

  return {
    pair,
    person: async (): Promise<string> => {
      const externalId = `person-${++count}`
      const user = await createUser(services, { username: externalId, externalId, by: OPERATOR })
      await addMember(db, { ...place, userId: user.id, roles: ['member'] })
      return externalId
    },
    callersFor: (userId: string, by: keyof typeof managers) => {
      const caller = (at: 0 | 1) => ({
        manager: managers[by][at],
        userId,
        sweep: () => nodes[at].run('sessions.sweep'),
      })
      return [caller(0), caller(1)] as const
    },
  }
}

/** One service at both nodes. */
async function managersIn(
  { services, issuer, nodes }: NodePair,
  workspaceId: Parameters<typeof admitClient>[1]['workspaceId'],
) {
  const client = await givenOn({ issuer, services }).client({
    grant_types: ['client_credentials'],
    redirect_uris: undefined,
    scope: 'sessions:create sessions:validate sessions:read sessions:manage sessions:elevate',
  })
  await admitClient(services.db, { clientId: client.id, workspaceId, by: OPERATOR })
  const { clientId, secret } = client
  const at = ({ fetch }: NodePair['nodes'][0]) =>
    new SessionManager({ issuer, clientId, clientSecret: secret ?? '', fetch })
  return [at(nodes[0]), at(nodes[1])] as const
}
