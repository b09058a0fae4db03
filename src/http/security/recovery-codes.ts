import type { RouterContext } from '@koa/router'
import { DomainError } from '../../errors.ts'
import { type Added, renewRecoveryCodes } from '../../sessions/login/change-factors.ts'
import type { Login } from '../../sessions/login/login.ts'
import { factorsOf } from '../../users/factors/find-factors.ts'
import type { AccountDeps } from '../account/deps.ts'
import { goOn, show } from '../interactions/show.ts'
import { ACTIONS, wayOn } from './addresses.ts'
import { provenAct, scopeOf } from './proven-login.ts'

/** A fresh set in place of all there were. */
export function postRecoveryCodes(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    await provenAct(deps, { ctx, to: 'security' }, async (login) => {
      // Without a factor they would be one, and turn a password that was enough into one that is not.
      if ((await factorsOf(deps.db, login.userId)).length === 0)
        throw new DomainError('not_found', 'there is no factor to recover')
      await showCodes(deps, ctx, {
        login,
        codes: await renewRecoveryCodes(deps, login),
        isFirst: false,
      })
    })
  }
}

/** With the first factor come recovery codes, which are shown now or never. */
export async function afterAdding(
  deps: AccountDeps,
  ctx: RouterContext,
  { login, added }: { readonly login: Login; readonly added: Extract<Added, { added: true }> },
): Promise<void> {
  const { recoveryCodes: codes } = added
  if (codes === null) return goOn(ctx, wayOn(ctx, 'added').href)
  await showCodes(deps, ctx, { login, codes, isFirst: true })
}

async function showCodes(
  deps: AccountDeps,
  ctx: RouterContext,
  shown: {
    readonly login: Login
    readonly codes: readonly string[]
    readonly isFirst: boolean
  },
): Promise<void> {
  const { login, codes, isFirst } = shown
  const model = {
    csrf: await deps.csrf.issue(ctx, scopeOf(login)),
    codes,
    isFirst,
    next: isFirst ? wayOn(ctx, 'added') : { href: '/account/security', label: 'Done' },
    othersAction: ACTIONS.others,
  }
  show(ctx, deps.pages, { page: 'security/recovery-codes', model })
}
