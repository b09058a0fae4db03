import type { Context } from 'koa'
import { z } from 'zod'
import { DomainError } from '../../errors.ts'
import type { Csrf } from '../middleware/csrf.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import type { LoginError } from '../view-models.ts'

/** Far beyond any name or password; what is longer is no honest typing. */
const LONGEST = 1024
/** What is put back into the field. */
const LONGEST_ECHO = 256

const form = z.object({ username: z.string().max(LONGEST), password: z.string().max(LONGEST) })

export type TypedLogin =
  | { readonly ok: true; readonly username: string; readonly password: string }
  | {
      readonly ok: false
      readonly error: Extract<LoginError, 'form_expired' | 'invalid_request'>
      readonly username: string
    }

/** What was typed into the login form, or what is wrong with it and as much as can be kept. */
export async function readTypedLogin(csrf: Csrf, ctx: Context, scope: string): Promise<TypedLogin> {
  try {
    await csrf.check(ctx, scope)
    return { ok: true, ...parse(form, await readForm(ctx)) }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (error.code !== 'form_expired' && error.code !== 'invalid_request') throw error
    return { ok: false, error: error.code, username: await typedName(ctx) }
  }
}

async function typedName(ctx: Context): Promise<string> {
  const { username = '' } = await readForm(ctx).catch(() => NOTHING)
  return username.length <= LONGEST_ECHO ? username : ''
}

const NOTHING: Readonly<Record<string, string>> = {}
