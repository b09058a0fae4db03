import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** What an operator lets logout tokens go to besides the public internet; no port means any port. */
export type AllowedTarget =
  | { readonly network: readonly [Address, number]; readonly port: number | null }
  | { readonly host: string; readonly port: number | null }

export type TargetRefusal =
  | 'unusable_url'
  | 'credentials_in_url'
  | 'https_required'
  | 'address_forbidden'

/** The URL of a relying party, or why nothing is sent there; its addresses are judged when they are known. */
export function parseTarget(uri: string): URL | TargetRefusal {
  const url = URL.parse(uri)
  if (!url || !/^https?:$/.test(url.protocol)) return 'unusable_url'
  return url.username || url.password ? 'credentials_in_url' : url
}

/**
 * Why nothing is sent to a URL that resolved to these addresses, or null.
 *
 * Anybody who may register a client chooses this URL: unguarded it would make our server knock at
 * doors inside its own network. One forbidden address refuses them all, so that a name with a public
 * and a private address cannot be tried until the private one is dialled.
 */
export function refusalOf(
  url: URL,
  addresses: readonly string[],
  allowed: readonly AllowedTarget[],
): TargetRefusal | null {
  const found = addresses.map(parseAddress)
  if (found.length === 0) return 'address_forbidden'
  const port = portOf(url)
  const named = allowed.some((entry) => 'host' in entry && covers(entry, port, url.hostname))
  if (named || found.every((address) => isAllowed(address, port, allowed))) return null
  if (!found.every((address) => isPublic(address) || isAllowed(address, port, allowed)))
    return 'address_forbidden'
  return url.protocol === 'https:' ? null : 'https_required'
}

/** An entry of `backchannel.allow`, whose form the configuration has checked. */
export function parseAllowed(entry: string): AllowedTarget {
  if (entry.includes('/')) return { network: ipaddr.parseCIDR(entry), port: null }
  if (ipaddr.IPv6.isValid(entry)) return { network: [ipaddr.parse(entry), 128], port: null }
  const [, name = entry, digits] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? []
  const port = digits ? Number(digits) : null
  const host = name.replace(/^\[(.*)\]$/, '$1')
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return { network: [ipaddr.parse(host), 32], port }
  if (ipaddr.IPv6.isValid(host)) return { network: [ipaddr.parse(host), 128], port }
  return { host, port }
}

function portOf(url: URL): number {
  if (url.port) return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

function covers(entry: { host: string; port: number | null }, port: number, host: string): boolean {
  return entry.host === host && (entry.port ?? port) === port
}

function isAllowed(address: Address, port: number, allowed: readonly AllowedTarget[]): boolean {
  return allowed.some((entry) => {
    if (!('network' in entry) || (entry.port ?? port) !== port) return false
    const [base, bits] = entry.network
    return base.kind() === address.kind() && address.match(base, bits)
  })
}

const IPV4_BY_NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/** The address that is really reached: IPv4 may come dressed as IPv6 (mapped, or through NAT64, RFC 6052). */
function parseAddress(text: string): Address {
  const address = ipaddr.process(text)
  if (address.kind() === 'ipv4' || !address.match(...IPV4_BY_NAT64)) return address
  return new ipaddr.IPv4(address.toByteArray().slice(12))
}

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/** Public by its looks, yet it answers inside a cloud's machines only: Azure's host agent and DNS. */
const AZURE_HOST = '168.63.129.16'

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || address.toString() === AZURE_HOST) return false
  // What the registries have not given out (::/96 with an IPv4 address inside, among them) is no place to post to.
  return address.kind() === 'ipv4' || address.match(...GLOBAL_UNICAST)
}
