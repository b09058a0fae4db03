import type { RequestListener } from 'node:http'
import Koa, { type Context } from 'koa'
import { report } from '../child.ts'
import { listenSomewhere } from './listen.ts'

/** Where each floor of HTTP answers. */
export interface Floors {
  readonly node_http: string
  readonly koa: string
  readonly koa_json: string
  readonly koa_api: string
}

// What no server on this machine gets below: each is asked for the same small form as an introspection.

const ANSWER = { active: true, scope: 'openid profile', client_id: 'bench' }

const bare: RequestListener = (req, res) => {
  req.resume().on('end', () => res.end('ok'))
}

const koa = new Koa()
koa.use((ctx) => {
  ctx.body = 'ok'
})

const koaJson = new Koa()
koaJson.use(async (ctx: Context) => {
  const chunks: Buffer[] = []
  for await (const chunk of ctx.req) chunks.push(chunk as Buffer)
  const form = new URLSearchParams(Buffer.concat(chunks).toString())
  ctx.body = { ...ANSWER, length: form.get('token')?.length }
})

const answers = new Map<string, string>()

// As a function of the sessions API is asked: the body read as JSON, and as many bytes answered as
// ours answers with.
const koaApi = new Koa()
koaApi.use(async (ctx: Context) => {
  if (ctx.method !== 'POST' || !ctx.path.startsWith('/api/v1/')) return
  const chunks: Buffer[] = []
  for await (const chunk of ctx.req) chunks.push(chunk as Buffer)
  const asked: unknown = JSON.parse(Buffer.concat(chunks).toString())
  if (typeof asked !== 'object') return
  ctx.type = 'application/json'
  ctx.body = answerOf(ctx.get('x-answer-bytes'))
})

function answerOf(bytes: string): string {
  const known = answers.get(bytes)
  if (known) return known
  const answer = JSON.stringify('x'.repeat(Number(bytes) - 2))
  answers.set(bytes, answer)
  return answer
}

const handlers = {
  node_http: bare,
  koa: koa.callback(),
  koa_json: koaJson.callback(),
  koa_api: koaApi.callback(),
}
const started = await Promise.all(
  Object.entries(handlers).map(async ([name, handler]) => {
    const { server, origin, close } = await listenSomewhere()
    server.on('request', handler)
    return { name, origin, close }
  }),
)
report(Object.fromEntries(started.map(({ name, origin }) => [name, origin])), {}, async () => {
  await Promise.all(started.map(({ close }) => close()))
})
