import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import { sidFor } from '../clients/subject.ts'
import { type ClientId, formatId, parseId, type UserId } from '../ids.ts'
import { claimsOf } from '../users/claims.ts'
import { findUser } from '../users/find-user.ts'
import type { User } from '../users/user.ts'
import { identityClaims } from './claims.ts'
import type { OidcDeps } from './deps.ts'
import { personAt } from './person.ts'
import { requireState } from './request-state.ts'

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
    claims: async (use, scope) => {
      const standard = claimsOf(user, new Set(scope.split(' ')))
      return { ...standard, ...stayClaims(deps, use), sub: accountId } as { sub: string }
    },
  }
}

function stayClaims(deps: OidcDeps, use: string) {
  const { checked, clients } = requireState()
  if (!checked) return {}
  const claims = identityClaims(checked.session)
  // The ID token gets its sid from the code or the refresh token that it comes from.
  if (use === 'id_token') return claims
  const client = clients.get(checked.clientName)
  return client ? { ...claims, sid: sidOf(deps, client, checked.session.id) } : claims
}

export function sidOf(
  deps: Pick<OidcDeps, 'serverKeys'>,
  client: Parameters<typeof sidFor>[1] & { readonly id: ClientId },
  sessionId: Parameters<typeof sidFor>[2],
): string {
  return sidFor({ lookup: deps.serverKeys }, client, sessionId)
}
