import { parseArgs } from 'node:util'

export interface BenchOptions {
  readonly rounds: number
  /** How long one side is loaded in one round. */
  readonly seconds: number
  /** How many live sessions the row `many` makes. */
  readonly sessions: number
  /** Rows to run; null for all. */
  readonly only: ReadonlySet<string> | null
  readonly json: boolean
  /** Where CPU profiles of both servers are put; null for none. */
  readonly profile: string | null
}

export const USAGE = `npm run bench -- [--rounds 5] [--seconds 2] [--sessions 1000000] [--only name[,name]] [--json] [--profile folder]`

export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      sessions: { type: 'string', default: '1000000' },
      only: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  })
  const only = values.only?.flatMap((names) => names.split(','))
  return {
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    sessions: positive('sessions', values.sessions),
    only: only ? new Set(only) : null,
    json: values.json,
    profile: values.profile ?? null,
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new Error(`--${name} must be a positive number\n${USAGE}`)
}
