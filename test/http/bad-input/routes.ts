import Router from '@koa/router'
import { createApp, createLooks } from '../../../src/app.ts'
import { OPERATIONS } from '../../../src/http/operations/operations.ts'
import type { Services } from '../../../src/services.ts'

/** `GET /account`, of everything that the app answers to. */
export type Route = `${string} /${string}`

const LIBRARY_ROUTER = 'oidc-provider/lib/helpers/router.js'

type Add = (name: string, path: string, ...stack: unknown[]) => unknown
type Register = typeof Router.prototype.register

/**
 * Hears which routes are opened, ours and those of the provider's library. Neither router is within
 * reach from outside, so both are listened to; call it before the first app is built.
 */
export async function listenToRouters(): Promise<ReadonlySet<Route>> {
  const heard = new Set<Route>(OPERATIONS.map((path) => routeOf('GET', path)))
  listenToOurs(heard)
  const { default: LibraryRouter } = (await import(LIBRARY_ROUTER)) as {
    default: { prototype: Record<string, Add> }
  }
  const { prototype } = LibraryRouter
  for (const method of ['get', 'post', 'put', 'delete', 'options']) {
    const original = prototype[method]!
    prototype[method] = function (this: unknown, name, path, ...stack) {
      heard.add(routeOf(method, path))
      return original.call(this, name, path, ...stack)
    }
  }
  return heard
}

function listenToOurs(heard: Set<Route>): void {
  const { prototype } = Router
  const original = prototype.register as Register
  prototype.register = function (this: Router, path, methods, ...rest) {
    for (const method of methods) heard.add(routeOf(method, String(path)))
    return original.call(this, path, methods, ...rest)
  } as Register
}

/** The steps of the app, by name. */
export function stepsOf(services: Services): readonly string[] {
  return createApp(services, createLooks()).middleware.map(({ name }) => name)
}

function routeOf(method: string, path: string): Route {
  return `${method.toUpperCase()} ${path as `/${string}`}`
}
