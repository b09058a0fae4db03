import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Side } from './child.ts'
import { load, median, type Step } from './load.ts'
import type { BenchOptions } from './options.ts'
import type { Party } from './party.ts'
import type { Result } from './report.ts'
import type { Row } from './rows.ts'
import type { BenchServer } from './server.ts'

/** A server under load, with the relying party that loads it. */
export interface Contestant {
  readonly name: string
  readonly server: BenchServer<Side>
  readonly party: Party
}

export interface Round {
  readonly perSecond: number
  readonly p99: number
  /** Of the server's process, for each step; less than the others' when the machine is shared. */
  readonly cpuMicros: number
}

const WARM_UP = 1

/** Both sides in turns, each going first in every other round, so that both meet the same weather. */
export async function compare(
  row: Row,
  sides: readonly [Contestant, Contestant],
  { rounds, seconds, profile }: BenchOptions,
): Promise<Result> {
  for (const side of sides) await run(side, await row.prepare(side.party), WARM_UP)

  const [ours, theirs] = sides
  const measured = { ours: [] as Round[], theirs: [] as Round[] }
  for (let round = 0; round < rounds; round += 1) {
    const one = async () =>
      measured.ours.push(await run(ours, await row.prepare(ours.party), seconds))
    const other = async () =>
      measured.theirs.push(await run(theirs, await row.prepare(theirs.party), seconds))
    for (const turn of round % 2 === 0 ? [one, other] : [other, one]) await turn()
  }
  if (profile) for (const side of sides) await profiled(row, side, { folder: profile, seconds })
  return {
    name: row.name,
    reference: 'stock oidc-provider, in memory',
    unit: row.unit,
    ours: middle(measured.ours),
    theirs: middle(measured.theirs),
  }
}

/** The median of each figure by itself. */
export function middle(rounds: readonly Round[]): Round {
  return {
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p99: median(rounds.map(({ p99 }) => p99)),
    cpuMicros: median(rounds.map(({ cpuMicros }) => cpuMicros)),
  }
}

export async function run(
  { server }: Pick<Contestant, 'server'> | { readonly server: BenchServer<unknown> },
  step: Step,
  seconds: number,
  workers?: number,
): Promise<Round> {
  const before = await server.ask<number>('cpu')
  const loaded = await load(step, seconds, workers)
  return { ...loaded, cpuMicros: ((await server.ask<number>('cpu')) - before) / loaded.count }
}

/** One more round, of which only the profile is kept. */
async function profiled(
  row: Row,
  side: Contestant,
  { folder, seconds }: { readonly folder: string; readonly seconds: number },
): Promise<void> {
  const step = await row.prepare(side.party)
  await side.server.ask('profile')
  await load(step, seconds)
  const profile = await side.server.ask<string>('profiled')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${row.name}-${side.name}.cpuprofile`), profile)
}
