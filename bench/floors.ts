import { Pool } from 'undici'
import type { Contestant } from './compare.ts'
import { type Load, load, median, WORKERS } from './load.ts'
import type { BenchOptions } from './options.ts'
import type { Result } from './report.ts'
import type { BenchServer } from './server.ts'
import type { Floors } from './servers/floors.ts'

const FORM = new URLSearchParams({ token: 'x'.repeat(400) }).toString()

/** What HTTP alone allows on this machine, with the same driver. */
export async function httpFloor(
  floors: BenchServer<Floors>,
  name: keyof Floors,
  options: BenchOptions,
): Promise<Result> {
  const pool = new Pool(floors.ready[name], { connections: WORKERS, pipelining: 1 })
  const step = async () => {
    const { body } = await pool.request({
      path: '/oauth2/introspect',
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: FORM,
    })
    await body.text()
  }
  const result = await floor(name, 'requests/s', () => load(step, options.seconds), options)
  await pool.close()
  return result
}

/** What the database alone allows, sixteen statements at a time on the product's own pool. */
export function databaseFloor(
  { server }: Contestant,
  name: 'select' | 'update',
  options: BenchOptions,
): Promise<Result> {
  const measure = () => server.ask<Load>(name, options.seconds)
  return floor(`sql_${name}`, 'statements/s', measure, options)
}

async function floor(
  name: string,
  unit: string,
  measure: () => Promise<Load>,
  { rounds }: BenchOptions,
): Promise<Result> {
  const loads: Load[] = []
  for (let round = 0; round < Math.min(rounds, 3); round += 1) loads.push(await measure())
  return {
    name: `floor_${name}`,
    unit,
    reference: 'a floor of this machine',
    ours: {
      perSecond: median(loads.map(({ perSecond }) => perSecond)),
      p99: median(loads.map(({ p99 }) => p99)),
    },
    theirs: null,
  }
}
