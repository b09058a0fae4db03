import type { ServerResponse } from 'node:http'
import { loginCookieName } from './cookies.ts'

/**
 * Takes the login's cookie out of an answer to a browser that brought the one before its newest: a
 * slow tab would put it in the newest one's place, and lose the login when its moment is over.
 *
 * The same where the browser's cookie stands for a login no more: by it the login page knows that
 * the login made room for another, and a new one would stand for nothing.
 */
export function keepNewestCookie(
  { config }: { readonly config: { readonly issuer: string } },
  { res }: { readonly res: ServerResponse },
): void {
  const name = loginCookieName(config.issuer)
  const set = res.getHeader('Set-Cookie')
  if (!Array.isArray(set)) return
  res.setHeader(
    'Set-Cookie',
    set.filter((cookie) => !cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}.sig=`)),
  )
}
