import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Redacted } from '../../src/lib/redacted.ts'
import { type Executed, executions, isError, splitter, statementIn } from './postgres-messages.ts'

/**
 * Stands between a pool and the database, counts what is executed, and holds back one chosen
 * statement until it is told to go on. Races that take luck to meet are then met each time.
 */
export interface StatementProxy {
  readonly url: Redacted<string>
  /** Holds the next statement of this name: a prepared one's, or `COMMIT`. */
  hold(name: string): Held
  /** Holds the commit of the next transaction that has run this statement. */
  holdCommitOf(name: string): Held
  /** Holds so many statements of this name and lets them go together, once the last has arrived. */
  meet(name: string, count: number): Promise<void>
  /** What the pool has executed meanwhile, whoever in it asked. */
  executed(work: () => Promise<unknown>): Promise<readonly Executed[]>
  /** How often the database broke a circle of transactions that waited for each other. */
  deadlocks(): number
  close(): Promise<void>
}

export interface Held {
  /** Resolves when the statement has arrived here; the database does not know of it yet. */
  readonly reached: Promise<void>
  release(): void
}

/** Milliseconds that a meeting waits for everybody, before it says that somebody does not come. */
const MEETING = 30_000

interface Trap {
  readonly name: string
  readonly after: string | null
  spring(go: () => void): void
}

interface State {
  readonly traps: Set<Trap>
  readonly counts: Set<Executed[]>
  deadlocks: number
}

export async function openStatementProxy(target: Redacted<string>): Promise<StatementProxy> {
  const [, before, folder] = /^(.*)\?host=([^&]+)$/.exec(target.reveal()) ?? []
  const path = `${decodeURIComponent(folder ?? '')}/.s.PGSQL.5432`
  const state: State = { traps: new Set(), counts: new Set(), deadlocks: 0 }
  const sockets = new Set<Socket>()

  const server = createServer({ noDelay: true }, (client) => {
    const database = connect(path)
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        database.destroy()
      })
    }
    client.on('data', trapping(state, database))
    database.on('data', counting(state))
    database.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }

  return {
    url: new Redacted(`${before}?host=127.0.0.1&port=${port}`),
    hold: (name) => heldBy(state.traps, { name, after: null }),
    holdCommitOf: (name) => heldBy(state.traps, { name: 'COMMIT', after: name }),
    meet: async (name, count) => {
      const held = Array.from({ length: count }, () => heldBy(state.traps, { name, after: null }))
      const { promise: late, reject } = Promise.withResolvers<never>()
      const wait = setTimeout(() => reject(new Error(`fewer than ${count} met`)), MEETING)
      try {
        await Promise.race([Promise.all(held.map(({ reached }) => reached)), late])
      } finally {
        clearTimeout(wait)
        for (const one of held) one.release()
      }
    },
    executed: (work) => executedDuring(state, work),
    deadlocks: () => state.deadlocks,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

async function executedDuring({ counts }: State, work: () => Promise<unknown>) {
  const count: Executed[] = []
  counts.add(count)
  await work().finally(() => counts.delete(count))
  return count
}

function heldBy(traps: Set<Trap>, where: Pick<Trap, 'name' | 'after'>): Held {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  let go: () => void = () => undefined
  let released = false
  const trap: Trap = {
    ...where,
    spring: (pass) => {
      go = pass
      reach()
      if (released) pass()
    },
  }
  traps.add(trap)
  return {
    reached,
    release: () => {
      released = true
      traps.delete(trap)
      go()
    },
  }
}

/** Passes on what the client says, message by message, until one falls into a trap. */
function trapping({ traps, counts }: State, database: Socket): (chunk: Buffer) => void {
  const split = splitter('has a greeting')
  const executedBy = executions()
  const waiting: Buffer[] = []
  let ran = new Set<string>()
  let isHeld = false

  function caught(name: string | null): Trap | undefined {
    if (name === 'BEGIN') ran = new Set()
    const trap = [...traps].find(
      (one) => one.name === name && (one.after === null || ran.has(one.after)),
    )
    if (name) ran.add(name)
    return trap
  }

  function pass(): void {
    while (!isHeld) {
      const message = waiting.shift()
      if (!message) return
      const trap = caught(statementIn(message))
      if (!trap) {
        database.write(message)
        continue
      }
      traps.delete(trap)
      isHeld = true
      trap.spring(() => {
        isHeld = false
        database.write(message)
        pass()
      })
    }
  }

  return (chunk) => {
    const messages = split(chunk)
    const executed = messages.flatMap(executedBy)
    for (const count of counts) count.push(...executed)
    waiting.push(...messages)
    pass()
  }
}

function counting(state: State): (chunk: Buffer) => void {
  const split = splitter('has none')
  return (chunk) => {
    for (const message of split(chunk)) if (isError(message, '40P01')) state.deadlocks += 1
  }
}
