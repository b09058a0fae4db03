import { errors } from 'oidc-provider'
import { formatId, isUuid, type LoginId } from '../../ids.ts'
import type { Login } from '../../sessions/login/login.ts'
import {
  cookieHash,
  giveCookie,
  liveLogin,
  loginOfCookie,
} from '../../sessions/login/login-cookie.ts'
import type { OidcDeps } from '../deps.ts'
import { adapterOf, epochSeconds, type ModelAdapter, type Payload, textOf } from '../payload.ts'
import { currentState, writeFirst } from '../request-state.ts'

/** The library's "Session" is our login; its `uid` is the login's identifier. */
export function loginAdapter(deps: Pick<OidcDeps, 'db' | 'serverKeys'>): ModelAdapter {
  return adapterOf('Session', {
    find: async (cookie) => {
      const login = await loginOfCookie(deps, cookie)
      const state = currentState()
      if (state && login) Object.assign(state, { cookie, byPriorCookie: login.byPriorCookie })
      return login ? payloadOf(login, cookie) : undefined
    },
    // Without a jti the library would invent one; this one is no cookie's.
    findByUid: async (uid) => {
      if (!isUuid(uid)) return undefined
      const login = await liveLogin(deps, uid as LoginId)
      return login ? payloadOf(login, `uid:${uid}`) : undefined
    },
    upsert: async (cookie, payload) => {
      // A visitor without a login leaves no row: any junk cookie could make one otherwise.
      const state = currentState()
      if (state && !payload.accountId) state.withoutLogin = true
      if (!payload.accountId || state?.byPriorCookie) return
      // The library saves it with many an answer; what stands already is not written again.
      if (cookie === state?.cookie) return
      const id = textOf(payload, 'uid') as LoginId
      await writeFirst(deps.db, {
        alone: true,
        part: { cookie: { loginId: id, hash: cookieHash(deps, cookie) } },
        run: async (db) => {
          if (!(await giveCookie({ ...deps, db }, id, cookie)))
            throw new errors.SessionNotFound('the login has ended')
        },
      })
    },
    // Every change of the cookie calls this for the old one, which stays good for a moment.
    destroy: async () => undefined,
  })
}

function payloadOf(login: Login, cookie: string): Payload {
  return {
    kind: 'Session',
    jti: cookie,
    uid: login.id,
    accountId: formatId('usr', login.userId),
    loginTs: epochSeconds(login.authTime),
    acr: login.acr,
    amr: login.amr,
    transient: true,
    iat: epochSeconds(login.createdAt),
    exp: epochSeconds(login.absoluteEndAt),
  }
}
