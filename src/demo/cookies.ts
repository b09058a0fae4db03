import type { Context } from 'koa'
import { randomValue } from './random.ts'

/** Cookies know hosts, not ports: without its name in them two applications would share theirs. */
export interface Cookies {
  readonly visit: (ctx: Context) => string | null
  readonly setVisit: (ctx: Context, id: string) => void
  readonly dropVisit: (ctx: Context) => void
  /** Tells browsers apart while nobody is logged in; made when there is none. */
  readonly browser: (ctx: Context) => string
}

const OPTIONS = { httpOnly: true, sameSite: 'lax', path: '/', overwrite: true } as const
const VALUE = /^[\w-]{43}$/

export function createCookies(name: string): Cookies {
  const visitName = `${name.toLowerCase()}_visit`
  const browserName = `${name.toLowerCase()}_browser`
  return {
    visit: (ctx) => read(ctx, visitName),
    setVisit: (ctx, id) => void ctx.cookies.set(visitName, id, OPTIONS),
    dropVisit: (ctx) => void ctx.cookies.set(visitName, null, OPTIONS),
    browser: (ctx) => {
      const value = read(ctx, browserName) ?? randomValue()
      ctx.cookies.set(browserName, value, OPTIONS)
      return value
    },
  }
}

function read(ctx: Context, name: string): string | null {
  const value = ctx.cookies.get(name)
  return value !== undefined && VALUE.test(value) ? value : null
}
