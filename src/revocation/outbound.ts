import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { type AllowedTarget, refusalOf, type TargetRefusal } from './target.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

/** All addresses of a host name, as the system's resolver tells them. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>

export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true })

/** A connection that was not made because the target may not be reached from here. */
export class ForbiddenTarget extends Error {
  readonly refusal: TargetRefusal

  constructor(refusal: TargetRefusal) {
    super(refusal)
    this.refusal = refusal
  }
}

export interface OutboundDeps {
  readonly resolve: Resolve
  readonly allowed: readonly AllowedTarget[]
  /** Seconds. */
  readonly timeout: number
}

/**
 * Connects to the URL's host only at addresses that were judged.
 *
 * The name is resolved once and the socket dials what was judged: asked a second time, a hostile
 * name server would answer with an address inside our network (DNS rebinding).
 */
export function guardedConnector(deps: OutboundDeps, url: URL): buildConnector.connector {
  return async (options, callback) => {
    try {
      const addresses = await judgedAddresses(deps, url)
      const connect = buildConnector({
        // HTTP/1.1 is enough for one small request, and has no frames to be flooded with.
        allowH2: false,
        timeout: deps.timeout * 1000,
        lookup: pinnedTo(addresses),
      })
      connect(options, callback)
    } catch (error) {
      callback(error as Error, null)
    }
  }
}

async function judgedAddresses(deps: OutboundDeps, url: URL): Promise<readonly Address[]> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(host)
  // A literal address is dialled without any look-up, so it is judged here like a resolved one.
  const addresses = family ? [{ address: host, family }] : await deps.resolve(host)
  const refusal = refusalOf(
    url,
    addresses.map(({ address }) => address),
    deps.allowed,
  )
  if (refusal) throw new ForbiddenTarget(refusal)
  return addresses
}

function pinnedTo(addresses: readonly Address[]): LookupFunction {
  return (_hostname, options, callback) => {
    if (options.all) return callback(null, [...addresses])
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family)
  }
}
