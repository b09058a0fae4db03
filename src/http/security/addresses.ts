import type { Context } from 'koa'
import { addressOf, fromIn } from '../account/login-target.ts'
import type { Link } from '../view-models.ts'
import type { Done } from './models.ts'

const BASE = '/account/security'

export const ACTIONS = {
  remove: `${BASE}/remove`,
  recoveryCodes: `${BASE}/recovery-codes`,
  others: `${BASE}/others`,
} as const

/** With the interaction that the person came from, so that they get back to it. */
export function actionOf(ctx: Context, name: 'authenticator' | 'passkey'): string {
  return addressOf({ name, from: fromIn(ctx) })
}

export function listAfter(done: Done): string {
  return `${BASE}?done=${done}`
}

/** Where a person goes on after a factor was added: to the application that asked for it, if one did. */
export function wayOn(ctx: Context, done: Done): Link {
  const from = fromIn(ctx)
  return from === null
    ? { href: listAfter(done), label: 'Done' }
    : { href: `/interaction/${from}`, label: 'Go on to the application' }
}
