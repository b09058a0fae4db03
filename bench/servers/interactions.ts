import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'

/** The result of a person's interaction; `form` is null when no password is asked for. */
export type Decide = (form: URLSearchParams | null) => Promise<Record<string, unknown>>

/**
 * What stands in for the pages on both sides: the interaction is read and finished, which is what
 * a page's POST costs without its HTML. With a body, the body is a form with a password.
 */
export function withInteractions(
  provider: () => Provider,
  decide: Decide,
  handler: RequestListener,
): RequestListener {
  return (req, res) => {
    if (!req.url?.startsWith('/interaction/')) handler(req, res)
    else void finish(provider(), decide, { req, res })
  }
}

async function finish(
  provider: Provider,
  decide: Decide,
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
): Promise<void> {
  try {
    await provider.interactionDetails(req, res)
    const form = req.method === 'POST' ? new URLSearchParams(await textOf(req)) : null
    await provider.interactionFinished(req, res, { login: await decide(form) } as never)
  } catch (error) {
    console.error(error)
    res.writeHead(500).end(String(error))
  }
}

async function textOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
