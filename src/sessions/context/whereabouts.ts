import ipaddr from 'ipaddr.js'
import type { Whereabouts } from '../../decisions/drift.ts'
import type { Locate } from '../../lib/locate.ts'
import { agentOf } from '../../lib/user-agent.ts'
import type { Context } from './context.ts'

/** What is known of a context, with what follows from it: the network, the country, the kind of browser. */
export function whereaboutsOf(context: Context, locate: Locate): Whereabouts {
  const { address, userAgent, deviceId } = context
  const network = address === undefined ? null : prefixOf(address)
  const country = context.country ?? (address === undefined ? null : locate(address))
  const agent = userAgent === undefined ? null : agentOf(userAgent).words
  return {
    ...(address !== undefined && { address }),
    ...(network !== null && { network }),
    ...(country !== null && { country }),
    ...(deviceId !== undefined && { deviceId }),
    ...(agent !== null && { agent }),
  }
}

/** What is taken for one network: /24 of IPv4, and /48 of IPv6, which is what a site gets (RFC 6177). */
export function prefixOf(address: string): string | null {
  if (!ipaddr.isValid(address)) return null
  const parsed = ipaddr.process(address)
  const bits = parsed.kind() === 'ipv4' ? 24 : 48
  const family = parsed.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  return `${family.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${bits}`)}/${bits}`
}
