import type { BrowserContext, ConsoleMessage, Request } from 'playwright/test'

/** An event stream is let go with its page, and a download of a page that somebody left is cut. */
const ABORTED = 'net::ERR_ABORTED'
/** Said of each page that tells of a refusal, whose status is 4xx as it should be. */
const STATUS = /^Failed to load resource: the server responded with a status of 4\d\d/

/** Collects what a browser dislikes on any page of a context: its console, its network, its policy. */
export async function collectObjections(context: BrowserContext): Promise<readonly string[]> {
  const found: string[] = []
  const pages = new Set<string>()
  context.on('request', (request) => {
    if (request.isNavigationRequest()) pages.add(request.url())
  })
  context.on('console', (message) => {
    const { url } = message.location()
    if (!isComplaint(message) || (STATUS.test(message.text()) && pages.has(url))) return
    found.push(`console: ${message.text()} (${url})`)
  })
  context.on('weberror', (thrown) => found.push(`thrown: ${thrown.error().message}`))
  context.on('requestfailed', (request) => {
    if (failureOf(request) !== ABORTED) found.push(`${failureOf(request)} at ${request.url()}`)
  })
  context.on('response', (response) => {
    const isPage = response.request().isNavigationRequest()
    const status = response.status()
    if (status >= 500 || (status >= 400 && !isPage)) found.push(`${status} at ${response.url()}`)
  })
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`${violatedDirective} refuses ${blockedURI}`),
    )
  })
  return found
}

function isComplaint(message: ConsoleMessage): boolean {
  return message.type() === 'error' || message.type() === 'warning'
}

function failureOf(request: Request): string {
  return request.failure()?.errorText ?? ''
}
