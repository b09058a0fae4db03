import { Client } from 'undici'
import { ForbiddenTarget, guardedConnector, type OutboundDeps } from './outbound.ts'
import { failureOfError, type Outcome, outcomeOfStatus } from './outcome.ts'
import { parseTarget } from './target.ts'

/**
 * Posts one logout token (OpenID Connect Back-Channel Logout 1.0 §2.5) and tells what became of it.
 *
 * Redirects are answers like any other: followed, they would carry the token to a place that nobody
 * registered. The status alone is read, so an endless body costs nothing.
 */
export async function sendDelivery(
  deps: OutboundDeps,
  uri: string,
  token: string,
): Promise<Outcome> {
  const url = parseTarget(uri)
  if (typeof url === 'string') return { failure: url, retry: false }

  // A connection of its own: a kept one may be closed by the other side just as we write.
  const client = new Client(url.origin, { connect: guardedConnector(deps, url) })
  const timeout = AbortSignal.timeout(deps.timeout * 1000)
  // Given to the request, the signal would go unheard while the name is looked up and the socket connects.
  timeout.addEventListener('abort', () => void client.destroy())
  try {
    return await post(client, url, token)
  } catch (error) {
    if (error instanceof ForbiddenTarget) return { failure: error.refusal, retry: false }
    const failure = timeout.aborted ? 'timeout' : failureOfError(error)
    if (!failure) throw error
    return { failure, retry: true }
  } finally {
    await client.destroy()
  }
}

async function post(client: Client, url: URL, token: string): Promise<Outcome> {
  const { statusCode, headers, body } = await client.request({
    method: 'POST',
    path: `${url.pathname}${url.search}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ logout_token: token }).toString(),
    reset: true,
  })
  body.on('error', () => undefined).destroy()
  const retryAfter = headers['retry-after']
  return outcomeOfStatus(statusCode, typeof retryAfter === 'string' ? retryAfter : undefined)
}
