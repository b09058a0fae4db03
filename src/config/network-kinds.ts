import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { text } from './kinds.ts'

const HOST =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[^:[\]/]+)(?::([1-9]\d{0,4}))?$/

/** An address or name to listen on. */
export const host = text.refine((value) => isAddress(value) || isName(value.toLowerCase()), {
  error: 'must be an address or a host name',
})

/** Who may be reached in private networks: CIDR, address, or `host[:port]`; text is split at commas. */
export const allowedTargets = z
  .preprocess(listOf, z.array(z.string('must hold text only'), 'must be a list'))
  .transform((targets) => targets.map((target) => target.trim().toLowerCase()))
  .superRefine((targets, context) => {
    targets.forEach((target, index) => {
      const reason = refusal(target)
      if (reason) context.addIssue(`entry ${index + 1} ${reason}`)
    })
  })

function listOf(raw: unknown): unknown {
  if (typeof raw !== 'string') return raw
  return raw.trim() === '' ? [] : raw.split(',')
}

function refusal(target: string): string | null {
  if (target.includes('/')) return networkRefusal(target)
  const [, name, port] = AUTHORITY.exec(target) ?? []
  if (isAddress(target)) return null
  if (!name || Number(port ?? 1) > 65_535) return NEITHER
  return isAddress(name.replace(/^\[(.*)\]$/, '$1')) || isName(name) ? null : NEITHER
}

const NEITHER = 'is neither a network (10.1.0.0/16), nor an address, nor host[:port]'

function networkRefusal(target: string): string | null {
  if (!isNetwork(target)) return NEITHER
  const [address, bits] = ipaddr.parseCIDR(target)
  // A guard that lets everything through is none: any client could then reach our own network.
  if (bits === 0) return 'is the whole internet; name the networks that are meant'
  const network =
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(target)
      : ipaddr.IPv6.networkAddressFromCIDR(target)
  return network.toString() === address.toString() ? null : 'has bits set beyond its prefix'
}

function isNetwork(target: string): boolean {
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(target)) return true
  return ipaddr.IPv6.isValidCIDR(target) && isPlain(ipaddr.IPv6.parseCIDR(target)[0])
}

function isAddress(value: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(value)) return true
  return ipaddr.IPv6.isValid(value) && isPlain(ipaddr.IPv6.parse(value))
}

// 10.0.0.1 as ::ffff:10.0.0.1 would never match, since addresses are compared in their short form.
function isPlain(address: ipaddr.IPv6): boolean {
  return !address.isIPv4MappedAddress() && !address.zoneId
}

// What ends in a number is an address to some resolvers (0x7f.1, 010.0.0.1), never a name to us.
function isName(value: string): boolean {
  return HOST.test(value) && !/(^|\.)(\d+|0x[\da-f]*)$/.test(value)
}
