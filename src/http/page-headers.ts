/**
 * The headers of every page for people.
 *
 * `formTargets` are the addresses that an answer to the page's forms may redirect to: browsers
 * check `form-action` on each redirect too (https://github.com/w3c/webappsec-csp/issues/8), so a
 * login form that ends at the client must name the client's origin.
 */
export function pageHeaders(formTargets: readonly string[] = []): Readonly<Record<string, string>> {
  const formAction = ["'self'", ...formTargets.map(formSource)].join(' ')
  return {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': [
      "default-src 'none'",
      "style-src 'self'",
      "img-src 'self' data:",
      "script-src 'self'",
      "font-src 'self'",
      `form-action ${formAction}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    // `no-referrer` would also make browsers send `Origin: null` with our own forms.
    'Referrer-Policy': 'same-origin',
  }
}

/**
 * An origin where the policy's grammar can say one, else the bare scheme: of an application's own,
 * of an IPv6 address, and of a host such as `a;script-src` that would end the directive with its own.
 */
function formSource(target: string): string {
  const url = new URL(target)
  return /^[\w.-]+$/.test(url.hostname) && url.origin !== 'null' ? url.origin : url.protocol
}
