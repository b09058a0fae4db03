import { Pool } from 'undici'
import { type Contestant, middle, type Round, run } from './compare.ts'
import { type Load, load, median, WORKERS } from './load.ts'
import type { BenchOptions } from './options.ts'
import { logIn } from './party.ts'
import type { Result } from './report.ts'
import type { BenchServer } from './server.ts'
import type { Floors } from './servers/floors.ts'

/** Logins with their password, against the hashes alone, in turns. */
export async function passwordLogins(
  ours: Contestant,
  { rounds, seconds }: BenchOptions,
): Promise<Result> {
  const { party, server } = ours
  const step = async (worker: number) => {
    const username = party.usernames[worker % party.usernames.length] ?? ''
    await logIn(party, new URLSearchParams({ username, password: party.password }).toString())
  }
  const logins: Round[] = []
  const alone: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    logins.push(await run(ours, step, seconds))
    alone.push((await server.ask<Load>('argon2', seconds)).perSecond)
  }
  return {
    name: 'password_login',
    unit: 'logins/s',
    reference: 'argon2 alone',
    ours: middle(logins),
    theirs: { perSecond: median(alone) },
  }
}

const MORE_SESSIONS = 4_000
const BYTES_ALLOWED = 600

export async function storage({ server }: Contestant): Promise<Result> {
  return {
    name: 'storage',
    unit: 'bytes/session',
    reference: 'the most a live session may take',
    ours: { perSecond: await server.ask<number>('storage', MORE_SESSIONS) },
    theirs: { perSecond: BYTES_ALLOWED },
  }
}

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
