import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import { formatId, parseId, type UserId } from '../ids.ts'
import { claimsOf } from '../users/claims.ts'
import { findUser } from '../users/find-user.ts'
import type { User } from '../users/user.ts'
import { identityClaims } from './claims.ts'
import type { OidcDeps } from './deps.ts'
import { personAt } from './person.ts'
import { clientOf, holderOf, requireState } from './request-state.ts'
import { sessionClaims } from './session-claims.ts'

/** The library's "account" is our user, read with whatever led to them. */
export function findAccount(deps: OidcDeps) {
  return async (ctx: KoaContextWithOIDC, sub: string): Promise<Account | undefined> => {
    const id = parseId('usr', sub)
    const known = requireState().checked?.user
    const user = known?.id === id ? known : id && (await readUser(deps, ctx, id))
    return user && user.state === 'active' ? accountOf(deps, user) : undefined
  }
}

/** A person at the door is read with all that the request needs to know of them. */
async function readUser(deps: OidcDeps, ctx: KoaContextWithOIDC, id: UserId) {
  const { session, client } = ctx.oidc
  const isAtDoor = client && session?.accountId === formatId('usr', id)
  return isAtDoor ? (await personAt(deps, ctx)).user : findUser(deps.db, id)
}

function accountOf(deps: OidcDeps, user: User): Account {
  const accountId = formatId('usr', user.id)
  return {
    accountId,
    claims: async (_use, scope) => {
      const standard = claimsOf(user, new Set(scope.split(' ')))
      return { ...standard, ...stayClaims(deps), sub: accountId } as { sub: string }
    },
  }
}

function stayClaims(deps: OidcDeps) {
  const state = requireState()
  const holder = holderOf(state)
  if (!holder) return {}
  const { session } = holder
  const told = { session, browser: state.browser }
  return { ...identityClaims(session), ...sessionClaims(deps, clientOf(state), told) }
}
