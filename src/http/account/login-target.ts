import type { Context } from 'koa'

/** Where a login leads that no application asked for. */
const TARGETS = {
  account: '/account',
  security: '/account/security',
  authenticator: '/account/security/authenticator',
  passkey: '/account/security/passkey',
} as const

export type TargetName = keyof typeof TARGETS

export interface Target {
  readonly name: TargetName
  /** The interaction that a person came from, to go on with it. */
  readonly from: string | null
}

/** What an address says; anything that it cannot mean is the account, which is no open redirect. */
export function targetIn({ query }: Pick<Context, 'query'>): Target {
  const { to } = query
  const name = typeof to === 'string' && Object.hasOwn(TARGETS, to) ? (to as TargetName) : 'account'
  return { name, from: fromIn({ query }) }
}

export function fromIn({ query: { from } }: Pick<Context, 'query'>): string | null {
  return typeof from === 'string' && /^[\w-]{16,64}$/.test(from) ? from : null
}

export function addressOf({ name, from }: Target): string {
  return TARGETS[name] + (from === null ? '' : `?from=${from}`)
}

/** As the login's own addresses carry it. */
export function queryOf({ name, from }: Target): string {
  if (name === 'account') return ''
  return `?${new URLSearchParams({ to: name, ...(from !== null && { from }) })}`
}
