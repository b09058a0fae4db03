import type { Context } from 'koa'
import { makeSecret } from '../../crypto/secret.ts'
import type { Db } from '../../database/transaction.ts'
import { DomainError } from '../../errors.ts'
import type { LoginId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { cookieSettings, loginCookieName } from '../../oidc/cookies.ts'
import type { Login } from '../../sessions/login/login.ts'
import { giveCookie, loginOfCookie } from '../../sessions/login/login-cookie.ts'

export interface BrowserDeps {
  readonly db: Db
  readonly serverKeys: Pick<ServerKeys, 'lookupHash'>
  readonly config: { readonly issuer: string }
}

/** The live login that this browser holds; a cookie from before its newest opens no page. */
export async function browserLogin(deps: BrowserDeps, ctx: Context): Promise<Login | null> {
  const cookie = ctx.cookies.get(loginCookieName(deps.config.issuer), { signed: true })
  const login = cookie ? await loginOfCookie(deps, cookie) : null
  return login?.byPriorCookie ? null : login
}

/** Gives a browser a login outside of the protocol; always by a new cookie, never one that it brought. */
export async function rememberLogin(deps: BrowserDeps, ctx: Context, id: LoginId): Promise<void> {
  const { issuer } = deps.config
  const cookie = makeSecret().toString('base64url')
  if (!(await giveCookie(deps, id, cookie))) {
    throw new DomainError('login_ended', 'the login ended as it began')
  }
  ctx.cookies.set(loginCookieName(issuer), cookie, cookieSettings(issuer, []).long)
}

export function forgetLogin({ config: { issuer } }: BrowserDeps, ctx: Context): void {
  ctx.cookies.set(loginCookieName(issuer), null, cookieSettings(issuer, []).long)
}
