import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Pool } from 'undici'
import { middle, type Round, run } from './compare.ts'
import { type Step, WORKERS } from './load.ts'
import type { BenchOptions } from './options.ts'
import type { Result } from './report.ts'
import type { BenchServer } from './server.ts'
import type { Floors } from './servers/floors.ts'
import type { OurSide } from './servers/ours.ts'

/** One function of the sessions API: what is asked of it, over and over. */
export interface ApiRow {
  readonly name: string
  readonly path: string
  /** The body of the next request of each worker, made before each round. */
  prepare(api: Api): Promise<ApiSteps>
}

export interface ApiSteps {
  next(worker: number): object
  /** Takes what was answered, or throws where it is not what is measured. */
  take?(worker: number, answer: Answer): void
}

export interface Answer {
  readonly is_valid?: boolean
  readonly view_age_ms?: number
  readonly session_token?: string
}

export interface Api {
  readonly userIds: readonly string[]
  post(path: string, body: object): Promise<Answer>
}

const BASE = '/api/v1'

/** Ours, and koa with one route that reads the same body and answers as many bytes, in turns. */
export async function compareApi(
  row: ApiRow,
  { ours, floors }: { readonly ours: BenchServer<OurSide>; readonly floors: BenchServer<Floors> },
  { rounds, seconds, profile }: BenchOptions,
): Promise<Result> {
  const pool = new Pool(ours.ready.origin, { connections: WORKERS, pipelining: 1 })
  const floorPool = new Pool(floors.ready.koa_api, { connections: WORKERS, pipelining: 1 })
  const authorization = `Bearer ${await serviceToken(pool, ours.ready)}`
  const post = posting(pool, { authorization })
  const api = {
    userIds: ours.ready.userIds,
    post: async (path: string, body: object) => (await post(path, body)).answer,
  }
  const sides = {
    ours: async (time: number) => run({ server: ours }, await oursStep(row, api), time),
    theirs: async (time: number) => {
      const step = await floorStep(row, api, { post, floorPool, authorization })
      return run({ server: floors }, step, time)
    },
  } satisfies Record<string, (time: number) => Promise<Round>>

  for (const side of Object.values(sides)) await side(1)
  const measured = { ours: [] as Round[], theirs: [] as Round[] }
  for (let round = 0; round < rounds; round += 1)
    for (const name of round % 2 === 0
      ? (['ours', 'theirs'] as const)
      : (['theirs', 'ours'] as const))
      measured[name].push(await sides[name](seconds))
  if (profile) {
    await ours.ask('profile')
    await sides.ours(seconds)
    await mkdir(profile, { recursive: true })
    await writeFile(
      join(profile, `${row.name}-ours.cpuprofile`),
      await ours.ask<string>('profiled'),
    )
  }
  await Promise.all([pool.destroy(), floorPool.destroy()])
  return {
    name: row.name,
    reference: 'koa, the same body and bytes',
    unit: 'requests/s',
    ours: middle(measured.ours),
    theirs: middle(measured.theirs),
  }
}

async function oursStep(row: ApiRow, api: Api): Promise<Step> {
  const { next, take } = await row.prepare(api)
  return async (worker) => {
    const answer = await api.post(row.path, next(worker))
    take?.(worker, answer)
  }
}

interface FloorWays {
  readonly post: Post
  readonly floorPool: Pool
  readonly authorization: string
}

async function floorStep(row: ApiRow, api: Api, ways: FloorWays): Promise<Step> {
  const { next } = await row.prepare(api)
  const body = next(0)
  const { bytes } = await ways.post(row.path, body)
  const floor = posting(ways.floorPool, {
    authorization: ways.authorization,
    'x-answer-bytes': String(bytes),
  })
  return async () => {
    await floor(row.path, body)
  }
}

type Post = (
  path: string,
  body: object,
) => Promise<{ readonly answer: Answer; readonly bytes: number }>

function posting(pool: Pool, headers: Readonly<Record<string, string>>): Post {
  return async (path, asked) => {
    const { statusCode, body } = await pool.request({
      path: `${BASE}${path}`,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    })
    const text = await body.text()
    if (statusCode >= 300) throw new Error(`${path} answered ${statusCode}: ${text}`)
    return { answer: JSON.parse(text), bytes: Buffer.byteLength(text) }
  }
}

async function serviceToken(pool: Pool, { origin, service }: OurSide): Promise<string> {
  const credentials = Buffer.from(`${service.clientId}:${service.clientSecret}`).toString('base64')
  const { body } = await pool.request({
    path: '/oauth2/token',
    method: 'POST',
    headers: {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: service.scope,
      resource: `${origin}${BASE}`,
    }).toString(),
  })
  const { access_token } = (await body.json()) as { access_token?: string }
  if (!access_token) throw new Error('the service got no token')
  return access_token
}
