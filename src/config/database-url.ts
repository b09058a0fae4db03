import ipaddr from 'ipaddr.js'

/** Whether this is a URL that the database driver takes for PostgreSQL. */
export function isDatabaseUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && parse(text) !== null
}

/**
 * Whether nobody between this server and the database can read or alter what passes.
 *
 * Nothing short of `verify-full` checks the server's name, so anyone on the way could answer in
 * its place; and a later parameter must not undo what an earlier one promised.
 */
export function isPrivateTransport(text: string): boolean {
  const target = parse(text)
  if (!target) return false
  if (target.hosts.every(isOnThisMachine)) return true
  const modes = target.parameters.getAll('sslmode')
  return modes.length === 1 && modes[0] === 'verify-full' && !target.parameters.has('ssl')
}

interface Target {
  readonly hosts: readonly string[]
  readonly parameters: URLSearchParams
}

// `postgresql://user@/name?host=/run/postgresql` is usual for sockets, yet no URL: it lacks a host.
function parse(text: string): Target | null {
  const whole = URL.parse(text)
  const url = whole ?? URL.parse(text.replace('@/', '@none/'))
  if (!url) return null
  const named = whole ? url.hostname.replace(/^\[(.*)\]$/, '$1') : ''
  return { hosts: hostsOf(named, url.searchParams), parameters: url.searchParams }
}

// The driver lets a `host` parameter win over the host in front; whichever it takes must do.
function hostsOf(named: string, parameters: URLSearchParams): string[] {
  const others = parameters.getAll('host')
  return named === '' && others.length > 0 ? others : [named, ...others]
}

function isOnThisMachine(host: string): boolean {
  if (host === 'localhost' || host.startsWith('/') || /^%2f/i.test(host)) return true
  return ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback'
}
