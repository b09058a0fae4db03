import type { PendingLogin } from './begin-login.ts'
import { type Cookies, createCookies } from './cookies.ts'
import { createExpiring, type Expiring } from './expiring.ts'
import type { Log } from './log.ts'
import { createNotes, type Notes } from './notes.ts'
import { type Connect, createConnect } from './provider.ts'
import { createRefreshVisit, type RefreshVisit } from './refresh-visit.ts'
import { createVisits, type Visits } from './visits.ts'

/** Everything one application keeps while it runs, all of it in memory. */
export interface Application {
  readonly name: AppName
  /** Its own address, without a slash at the end. */
  readonly base: string
  readonly issuer: URL
  readonly clientId: string
  readonly sibling: { readonly name: AppName; readonly base: string } | null
  readonly log: Log
  readonly startedAt: Date
  readonly connect: Connect
  readonly cookies: Cookies
  readonly visits: Visits
  readonly pendingLogins: Expiring<PendingLogin>
  readonly pendingLogouts: Expiring<true>
  /** The `jti` of each logout token that was obeyed, for longer than one can be valid. */
  readonly usedLogoutTokens: Expiring<true>
  readonly refreshVisit: RefreshVisit
  readonly notes: Notes
}

export type AppName = 'Notes' | 'Billing'

export type ApplicationOptions = Pick<
  Application,
  'name' | 'base' | 'issuer' | 'clientId' | 'sibling' | 'log'
> & { readonly clientSecret: string }

const TEN_MINUTES = { lifetime: 600_000, limit: 10_000 }

export function createApplication({ clientSecret, ...options }: ApplicationOptions): Application {
  const { name, issuer, clientId, log } = options
  const startedAt = new Date()
  const connect = createConnect({ issuer, clientId, clientSecret })
  const visits = createVisits()
  return {
    ...options,
    startedAt,
    connect,
    visits,
    cookies: createCookies(name),
    pendingLogins: createExpiring(TEN_MINUTES),
    pendingLogouts: createExpiring(TEN_MINUTES),
    usedLogoutTokens: createExpiring({ lifetime: 3_600_000, limit: 100_000 }),
    refreshVisit: createRefreshVisit({ connect, visits, log }),
    notes: createNotes(startedAt),
  }
}
