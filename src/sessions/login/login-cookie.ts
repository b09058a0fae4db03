import type { Sql } from '../../database/sql.ts'
import type { LoginId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Login } from './login.ts'
import { findLogin, findLoginByCookie, saveCookie } from './login-store.ts'

interface Deps {
  readonly db: Sql
  readonly serverKeys: Pick<ServerKeys, 'lookupHash'>
}

/** The live login that a browser's cookie stands for. */
export function loginOfCookie(deps: Deps, cookie: string): Promise<Login | null> {
  return findLoginByCookie(deps.db, cookieHash(deps, cookie))
}

/** A live login by its identifier. */
export function liveLogin(deps: Pick<Deps, 'db'>, id: LoginId): Promise<Login | null> {
  return findLogin(deps.db, id)
}

/** Binds a browser's newest cookie to its login; false when the login has ended. */
export function giveCookie(deps: Deps, id: LoginId, cookie: string): Promise<boolean> {
  return saveCookie(deps.db, id, cookieHash(deps, cookie))
}

/** What stands in the database for a browser's cookie. */
export function cookieHash({ serverKeys }: Pick<Deps, 'serverKeys'>, cookie: string): Buffer {
  return serverKeys.lookupHash('login-cookie', cookie)
}
