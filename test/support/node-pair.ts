import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Agent, buildConnector, fetch as fetchBy } from 'undici'
import type { Services } from '../../src/services.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { wire } from './wire.ts'

/** Two server processes of one issuer on one database, whose recurring work is run by the test. */
export interface NodePair {
  readonly issuer: string
  readonly database: TestDatabase
  /** In this process, for what tests give and look up; it serves nobody. */
  readonly services: Services
  readonly nodes: readonly [PairedNode, PairedNode]
  /** Writes what both remember, and then moves all that is stored into the past. */
  pass(duration: string): Promise<void>
  close(): Promise<void>
}

export interface PairedNode {
  /** A fetch whose requests to the issuer reach this process. */
  readonly fetch: typeof fetch
  /** Runs recurring work by its name in `src/jobs.ts`. */
  run(job: string): Promise<void>
  close(): Promise<void>
}

const ISSUER = 'http://sojourn.test:8080'

export async function startPair(settings = ''): Promise<NodePair> {
  const database = await createTestDatabase()
  const text = `issuer: ${ISSUER}\n${settings}`
  const wired = await wire(database.url, text)
  const nodes = [await startNode(database, text), await startNode(database, text)] as const
  return {
    issuer: ISSUER,
    database,
    services: wired.services,
    nodes,
    pass: async (duration) => {
      await flush(nodes)
      await database.pass(duration)
    },
    close: async () => {
      await Promise.all([...nodes.map((node) => node.close()), wired.close()])
      await database.drop()
    },
  }
}

/** Has both write what they count and remember. */
export async function flush(nodes: NodePair['nodes']): Promise<void> {
  const jobs = ['sessions.flush', 'sessions.flush-figures']
  await Promise.all(nodes.flatMap((node) => jobs.map((job) => node.run(job))))
}

async function startNode({ url }: TestDatabase, settings: string): Promise<PairedNode> {
  const child = fork(join(import.meta.dirname, 'node-process.ts'), {
    env: { ...process.env, DATABASE: url.reveal(), SETTINGS: settings },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const agent = new Agent({ connect: connectTo(port) })
  const reach = (input: string, init?: object) => fetchBy(input, { ...init, dispatcher: agent })
  return {
    fetch: reach as unknown as typeof fetch,
    run: asker(child),
    close: async () => {
      await agent.close()
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

function connectTo(port: number): buildConnector.connector {
  const connect = buildConnector({})
  return (options, done) => connect({ ...options, hostname: '127.0.0.1', port: String(port) }, done)
}

function asker(child: ChildProcess): PairedNode['run'] {
  let last = 0
  const waiting = new Map<number, PromiseWithResolvers<void>>()
  child.on('message', ({ id, failure }: { id: number; failure: string | null }) => {
    const asked = waiting.get(id)
    waiting.delete(id)
    if (failure === null) asked?.resolve()
    else asked?.reject(new Error(failure))
  })
  return (job) => {
    const asked = Promise.withResolvers<void>()
    waiting.set(++last, asked)
    child.send({ id: last, job })
    return asked.promise
  }
}
