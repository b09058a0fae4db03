import type { Middleware } from 'koa'

/** A middleware for some paths alone: a router tries each of its routes on whatever comes by. */
export function onlyFor(paths: RegExp, middleware: Middleware): Middleware {
  return function forSome(ctx, next) {
    return paths.test(ctx.path) ? middleware(ctx, next) : next()
  }
}
