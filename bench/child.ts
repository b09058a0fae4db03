import { Session } from 'node:inspector/promises'

/** What a server of the bench says of itself when it accepts requests. */
export interface Side {
  readonly origin: string
  readonly clientId: string
  readonly clientSecret: string
  /** Tokens for it are JWTs. */
  readonly resource: string
  readonly usernames: readonly string[]
  readonly password: string
}

export interface Question {
  readonly id: number
  readonly ask: string
  readonly value: number
}

export interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

type Answers = Readonly<Record<string, (value: number) => unknown>>

/** The side of a benched process: says that it is ready, answers, and stops when the bench is gone. */
export function report(ready: object, answers: Answers, stop: () => Promise<void>): void {
  const all: Answers = { cpu: () => totalMicros(process.cpuUsage()), ...profiling(), ...answers }
  process.on('message', ({ id, ask, value }: Question) => {
    void reply(id, async () => all[ask]?.(value))
  })
  process.once('disconnect', () => void stop().finally(() => process.exit()))
  process.send?.({ ready })
}

async function reply(id: number, answer: () => Promise<unknown>): Promise<void> {
  try {
    process.send?.({ id, value: await answer() })
  } catch (error) {
    process.send?.({ id, error: String(error) })
  }
}

function totalMicros({ user, system }: NodeJS.CpuUsage): number {
  return user + system
}

/** A CPU profile from one question to the next. */
function profiling(): Answers {
  const session = new Session()
  return {
    profile: async () => {
      session.connect()
      await session.post('Profiler.enable')
      await session.post('Profiler.start')
    },
    profiled: async () => {
      const { profile } = await session.post('Profiler.stop')
      session.disconnect()
      return JSON.stringify(profile)
    },
  }
}
