import type { Context } from 'koa'
import { loginCookieName } from '../../oidc/cookies.ts'
import type { Evicted } from '../../sessions/login/why-evicted.ts'
import { whyLoggedOut } from '../../sessions/login/why-evicted.ts'
import { agoWords } from '../time-words.ts'
import type { BrowserDeps } from './browser-login.ts'

/** What a browser is told whose login made room for another since it was here; null where none did. */
export async function loggedOutNotice(deps: BrowserDeps, ctx: Context): Promise<string | null> {
  const cookie = ctx.cookies.get(loginCookieName(deps.config.issuer), { signed: true })
  const evicted = cookie ? await whyLoggedOut(deps, cookie) : null
  return evicted && `Your login here was ended ${reasonIn(evicted)}`
}

/** Why somebody whose session made room is asked for their password. */
export function barredReason(evicted: Evicted | null): string {
  const ended = evicted ? `was ended ${reasonIn(evicted)}` : 'was ended.'
  return `Your last session in this workspace ${ended} Your password opens a new one.`
}

// An owner who reads that somebody took their place may be the only one who knows that it was no friend.
function reasonIn({ because, at, now }: Evicted): string {
  const when = agoWords(at, now)
  switch (because) {
    case 'replaced':
      return `${when}, because another one took its place and only so many are allowed at a time. If the other one is not yours, change your password.`
    case 'chosen':
      return `${when}, because it was chosen to make room for another one. If that was not you, change your password.`
    case 'lowered':
      return `${when}, because fewer are allowed at a time now.`
  }
}
