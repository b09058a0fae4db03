const LONGEST = 2000

/** With its two slashes and a whole host: addresses are compared as they are, so `*` stands for nothing. */
const WEB = /^https?:\/\/[^/?#*]+(?:[/?#]|$)/i

/**
 * Whether a client may have people sent here. The browser carries a code to it, so it is encrypted
 * or stays on the machine (RFC 9700 §2.6), and `javascript:` and its like are no place at all.
 */
export function isRedirectUri(text: string, applicationType: 'web' | 'native'): boolean {
  const url = parseUri(text)
  if (!url || text.includes('#')) return false
  if (url.protocol === 'https:') return true
  if (url.protocol === 'http:') return isLoopback(url.hostname)
  return applicationType === 'native' && isPrivateUseScheme(url.protocol)
}

/** An address of the web that this server, or a person on their own, may follow. */
export function isWebUri(text: string): boolean {
  const url = parseUri(text)
  return url !== null && /^https?:$/.test(url.protocol) && !text.includes('#')
}

export function isHttpsUri(text: string): boolean {
  return isWebUri(text) && parseUri(text)?.protocol === 'https:'
}

/** A browser origin as the `Origin` header spells it, https or on this machine. */
export function isBrowserOrigin(text: string): boolean {
  const url = parseUri(text)
  if (!url || url.origin !== text) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

/** RFC 8707 §2: an absolute URI without a fragment. */
export function isResourceIdentifier(text: string): boolean {
  return parseUri(text) !== null && !text.includes('#')
}

// The parser forgives spaces, line breaks and backslashes; a later exact comparison would not.
// What comes before an `@` makes an address look like another host's.
function parseUri(text: string): URL | null {
  if (text.length > LONGEST || !/^[a-z][a-z0-9+.-]*:[!-~]+$/i.test(text)) return null
  if (/[\\<>"^`{|}]/.test(text)) return null
  if (/^https?:/i.test(text) && !WEB.test(text)) return null
  const url = URL.parse(text)
  return url && url.username === '' && url.password === '' ? url : null
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
}

/** RFC 8252 §7.1: the reverse of a domain name, which others cannot claim so easily. */
function isPrivateUseScheme(protocol: string): boolean {
  return /^[a-z][a-z0-9+-]*\.[a-z0-9+.-]*[a-z0-9]:$/.test(protocol)
}
