import type { Provider } from 'oidc-provider'
import type { HttpContext } from './create-oidc.ts'

type Middleware = (ctx: unknown, next: () => Promise<unknown>) => Promise<unknown>

const handlers = new WeakMap<Provider, Middleware>()

/**
 * The provider's own middleware, run on the context of the app around it.
 *
 * The list is the library's to extend until it is first used (docs/README.md, "Mounting").
 */
export function handlerOf(
  provider: Provider,
): (ctx: HttpContext, next: () => Promise<unknown>) => Promise<unknown> {
  const known = handlers.get(provider)
  if (known) return known
  const composed = inOrder((provider as unknown as { middleware: Middleware[] }).middleware)
  handlers.set(provider, composed)
  return composed
}

function inOrder(middleware: readonly Middleware[]): Middleware {
  return (ctx, next) => {
    const run = (at: number): Promise<unknown> => {
      const step = middleware[at]
      return step ? step(ctx, () => run(at + 1)) : next()
    }
    return run(0)
  }
}
