import type { Context, Middleware } from 'koa'
import { DomainError } from '../../errors.ts'
import type { Consistency } from '../../sessions/manager/consistency.ts'
import { parse } from '../middleware/parse.ts'
import { readJson } from '../middleware/read-body.ts'
import { type CallerDeps, callerOf } from './caller.ts'
import { mustMeet } from './demand.ts'
import type { Operation } from './operation.ts'

export const BASE = '/api/v1'

export interface ServingDeps extends CallerDeps {
  readonly config: CallerDeps['config'] & {
    readonly distributed: { readonly consistency: Consistency }
  }
}

interface Found {
  readonly operation: Operation
  readonly parts: Readonly<Record<string, string>>
}

/** Answers the operations of the API: parse, call, present; each names what it takes and gives. */
export function serveOperations(deps: ServingDeps, operations: readonly Operation[]): Middleware {
  const find = finderOf(operations)

  return async function api(ctx, next) {
    if (!ctx.path.startsWith(`${BASE}/`)) return next()
    const found = find(ctx)
    if (!found) return next()
    const { operation, parts } = found
    const { scope, demands } = operation
    const usual = operation.consistency === 'asked' ? deps.config.distributed.consistency : 'strong'
    const known = await callerOf(deps, ctx, { scope, consistency: usual })
    mustMeet(ctx, known, demands)
    const input = parse(operation.input, { ...(await given(ctx)), ...parts })
    const isAsMeant = usual === 'strong' || !asksForStrong(input)
    const caller = isAsMeant ? known : await callerOf(deps, ctx, { scope, consistency: 'strong' })
    const answer = await operation.handle({ caller, input, ctx })
    const { status = 200 } = operation
    ctx.body = answer
    ctx.status = typeof status === 'function' ? status(answer) : status
  }
}

/** Who wants to know of this very moment wants it of the caller's admission as well. */
function asksForStrong(input: unknown): boolean {
  return (input as { readonly consistency?: unknown }).consistency === 'strong'
}

/** Plain paths by one look, those with parts one after another; a known path with another method says which. */
function finderOf(operations: readonly Operation[]): (ctx: Context) => Found | null {
  const plain = new Map<string, Operation>()
  const patterns: { readonly form: RegExp; readonly operation: Operation }[] = []
  for (const operation of operations) {
    const path = BASE + operation.path
    if (path.includes('{')) patterns.push({ form: formOf(path), operation })
    else plain.set(`${operation.method} ${path}`, operation)
  }

  return (ctx) => {
    const { method, path } = ctx
    const known = plain.get(`${method} ${path}`)
    if (known) return { operation: known, parts: {} }
    const matching = patterns.filter(({ form }) => form.test(path))
    const one = matching.find(({ operation }) => operation.method === method)
    if (one) return { operation: one.operation, parts: partsOf(one.form, path) }
    const allowed = [
      ...matching.map(({ operation }) => operation.method),
      ...operations.filter((other) => BASE + other.path === path).map((other) => other.method),
    ]
    if (allowed.length === 0) return null
    ctx.set('Allow', [...new Set(allowed)].join(', '))
    throw new DomainError('method_not_allowed', 'this address has other methods')
  }
}

function formOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}

function partsOf(form: RegExp, path: string): Record<string, string> {
  const groups = Object.entries(form.exec(path)?.groups ?? {})
  return Object.fromEntries(groups.map(([name, part]) => [name, decodeURIComponent(part)]))
}

async function given(ctx: Context): Promise<object> {
  if (ctx.method === 'GET' || ctx.method === 'DELETE') return queryOf(ctx)
  const body = await readJson(ctx)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw new DomainError('invalid_request', 'the body is not a JSON object')
}

function queryOf({ query }: Context): object {
  const twice = Object.entries(query).find(([, value]) => Array.isArray(value))
  if (twice) throw new DomainError('invalid_request', `${twice[0]} was sent twice`)
  return { ...query }
}
