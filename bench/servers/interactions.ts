import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'

/** The result of a person's login, without any proof. */
export type Decide = () => Promise<Record<string, unknown>>

/** Asks for the stand-in instead of the pages. */
export const FINISH = 'x-bench-finish'

/**
 * What stands in for the login page on both sides where no password is asked for: the interaction
 * is read and finished, which is what the page's POST does without form, hash and HTML.
 */
export function withInteractions(
  provider: () => Provider,
  decide: Decide,
  handler: RequestListener,
): RequestListener {
  return (req, res) => {
    if (req.headers[FINISH] === undefined) handler(req, res)
    else void finish(provider(), decide, { req, res })
  }
}

async function finish(
  provider: Provider,
  decide: Decide,
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
): Promise<void> {
  try {
    const details = await provider.interactionDetails(req, res)
    details.result = { login: await decide() } as never
    await details.persist()
    res.writeHead(303, { Location: details.returnTo, 'Content-Length': '0' }).end()
  } catch (error) {
    console.error(error)
    res.writeHead(500).end(String(error))
  }
}
