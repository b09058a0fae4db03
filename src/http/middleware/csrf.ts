import type { Context } from 'koa'
import { mac, sameBytes } from '../../crypto/mac.ts'
import { makeSecret } from '../../crypto/secret.ts'
import { DomainError } from '../../errors.ts'
import { readForm } from './read-body.ts'

export interface Csrf {
  /** The value of a form's `csrf` field; `scope` is the login or interaction that the form belongs to. */
  issue(ctx: Context, scope: string): Promise<string>
  /** Throws `form_expired` unless the posted form was issued to this browser, for this scope. */
  check(ctx: Context, scope: string): Promise<void>
}

interface Deps {
  readonly issuer: string
  /** Under which forms are signed, the same on all nodes. */
  readonly key: () => Promise<Uint8Array> | Uint8Array
}

const SEED = /^[\w-]{43}$/

/**
 * Signed double submit: a form names the browser (by a cookie) and what it acts on, under our key.
 *
 * Another site can post our forms with the person's cookies, but knows no value for them. The
 * `__Host-` prefix keeps a neighbouring host from planting a cookie whose form values it knows.
 */
export function createCsrf({ issuer, key }: Deps): Csrf {
  const secure = issuer.startsWith('https:')
  const cookie = secure ? '__Host-csrf' : 'csrf'
  const options = { httpOnly: true, sameSite: 'lax', secure, path: '/', signed: false } as const

  const sign = async (seed: string, scope: string) => mac(await key(), ['csrf', seed, scope])
  const seedOf = (ctx: Context): string | null => {
    const seed = ctx.state.csrfSeed ?? ctx.cookies.get(cookie, { signed: false }) ?? ''
    return SEED.test(seed) ? seed : null
  }

  return {
    async issue(ctx, scope) {
      const seed = seedOf(ctx) ?? makeSecret().toString('base64url')
      ctx.state.csrfSeed = seed
      ctx.cookies.set(cookie, seed, options)
      return (await sign(seed, scope)).toString('base64url')
    },
    async check(ctx, scope) {
      const seed = seedOf(ctx)
      const { csrf = '' } = await readForm(ctx)
      const ours = seed !== null && cameFromUs(ctx, issuer)
      const given = Buffer.from(csrf, 'base64url')
      if (!ours || !sameBytes(given, await sign(seed, scope))) {
        throw new DomainError('form_expired', 'the form was not made for this browser')
      }
    },
  }
}

/** What browsers say of a request's origin, where they say it; no script can write these headers. */
function cameFromUs(ctx: Context, issuer: string): boolean {
  const origin = ctx.get('Origin')
  const site = ctx.get('Sec-Fetch-Site')
  return (origin === '' || origin === issuer) && /^(none|same-origin)?$/.test(site)
}
