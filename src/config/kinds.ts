import { z } from 'zod'
import { parseDuration } from '../lib/duration.ts'
import { Redacted } from '../lib/redacted.ts'

// A kind reads what YAML or the environment holds at a key. The environment knows only text, so
// each kind takes text too; and no reason repeats the value, which may be a secret gone astray.

const anyText = z.string('must be text; put it in quotes')
const filledText = anyText.min(1, 'is empty')

export const text = filledText.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds control characters')

export const secret = filledText.transform((value) => new Redacted(value))

/** For a secret that `${NAME:-}` may leave out. */
export const secretOrEmpty = anyText.transform((value) =>
  value === '' ? null : new Redacted(value),
)

/** What a machine shows to be let in: long enough that nobody guesses it, and sayable in a header. */
export const bearerOrEmpty = anyText
  .regex(/^$|^[\x21-\x7e]{20,}$/, 'must be 20 visible ASCII characters or more')
  .transform((value) => (value === '' ? null : new Redacted(value)))

export const flag = z.union(
  [z.boolean(), z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], case: 'sensitive' })],
  'must be true or false',
)

/** A switch of the mission's file that this server only knows in its safe position. */
export function alwaysOn(why: string) {
  return flag.refine((on) => on, `cannot be turned off: ${why}`)
}

export function choice<const Words extends readonly string[]>(...words: Words) {
  return z.enum(words, `must be ${words.join(' or ')}`)
}

export function whole(least: number, most: number) {
  const reason = `must be a whole number from ${least} to ${most}`
  return z.preprocess(numberOf, z.int(reason).min(least, reason).max(most, reason))
}

export const port = whole(1, 65_535)

/** Seconds, from `30m` and its like. */
export function duration(least: string, most: string) {
  const reason = `must be a duration from ${least} to ${most}, written like 45s, 30m, 8h or 7d`
  return z.string(reason).transform((written, context) => {
    const seconds = secondsOf(written)
    if (seconds !== null && seconds >= parseDuration(least) && seconds <= parseDuration(most))
      return seconds
    context.addIssue(reason)
    return z.NEVER
  })
}

export const ORIGIN_REASON = 'must be an origin such as https://id.example.com, and no more'

// The issuer is compared letter by letter by every relying party: one spelling, no slash, no path.
export const origin = text.refine((value) => {
  const url = URL.parse(value)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === value
}, ORIGIN_REASON)

function numberOf(raw: unknown): unknown {
  return typeof raw === 'string' && /^\d{1,12}$/.test(raw) ? Number(raw) : raw
}

function secondsOf(written: string): number | null {
  try {
    return parseDuration(written)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
