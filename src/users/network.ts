import ipaddr from 'ipaddr.js'

/**
 * What one attacker can be taken to hold: an IPv4 address, or the /64 that is the least anybody
 * gets of IPv6. Counted one by one, those 2^64 addresses would be as many fresh starts.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/64`).toString()}/64`
}
