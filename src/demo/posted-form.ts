import { timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import type { Application } from './application.ts'
import { arrive } from './arrive.ts'
import { readForm } from './read-form.ts'
import { Refusal } from './refusal.ts'
import type { Visit } from './visit.ts'

interface PostedForm {
  readonly visit: Visit
  readonly form: ReadonlyMap<string, string>
}

/** A form that this visit's own page sent; null when the visit is over, and a refusal when it was forged. */
export async function readPostedForm(app: Application, ctx: Context): Promise<PostedForm | null> {
  const form = await readForm(ctx)
  const { visit } = await arrive(app, ctx)
  if (!visit) return null
  if (!isSame(form.get('csrf') ?? '', visit.csrf)) throw new Refusal('forged_form')
  return { visit, form }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
