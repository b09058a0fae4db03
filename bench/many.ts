import { compareApi } from './api.ts'
import { API_ROWS } from './api-rows.ts'
import type { BenchOptions } from './options.ts'
import type { Result } from './report.ts'
import type { BenchServer } from './server.ts'
import type { Floors } from './servers/floors.ts'
import type { OurSide } from './servers/ours.ts'

const FEW = 1_000
const SLOWEST_PAGE = 300

interface Servers {
  readonly ours: BenchServer<OurSide>
  readonly floors: BenchServer<Floors>
}

/** Lists and validation with so many live sessions, and validation with few of them before. */
export async function withManySessions(
  servers: Servers,
  options: BenchOptions,
): Promise<readonly Result[]> {
  const row = API_ROWS.find(({ name }) => name === 'validate_strong')!
  const { ours } = servers
  await ours.ask('seed', FEW)
  const few = await compareApi(row, servers, options)
  const started = performance.now()
  await ours.ask('seed', options.sessions)
  const seeded = (performance.now() - started) / 1000
  const slowest = await ours.ask<Record<string, number>>('pages')
  const many = await compareApi(row, servers, options)

  return [
    {
      name: 'seeding',
      unit: 'seconds',
      reference: `for ${options.sessions} sessions`,
      ours: { perSecond: seeded },
      theirs: null,
    },
    ...Object.entries(slowest).map(([name, milliseconds]) => ({
      name: `page_by_${name}`,
      unit: 'ms, the slowest',
      reference: 'the most it may take',
      ours: { perSecond: milliseconds },
      theirs: { perSecond: SLOWEST_PAGE },
    })),
    // By its share of the floor of the same moment: the machine may be busier than a minute ago.
    {
      name: 'validate_many',
      unit: '% of the floor',
      reference: `the same with ${FEW} sessions`,
      ours: { perSecond: shareOf(many), ...latency(many) },
      theirs: { perSecond: shareOf(few), ...latency(few) },
    },
  ]
}

function shareOf({ ours, theirs }: Result): number {
  return (100 * ours.perSecond) / (theirs?.perSecond ?? Number.NaN)
}

function latency({ ours: { p99, cpuMicros } }: Result) {
  return { ...(p99 !== undefined && { p99 }), ...(cpuMicros !== undefined && { cpuMicros }) }
}
