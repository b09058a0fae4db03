import { isHarmless, scrubText } from './scrub-text.ts'
import { isSecretName, MASK } from './secret-names.ts'

const DEEPEST = 8
const MOST_ENTRIES = 50
const MOST_OBJECTS = 500
/** What an error calls itself (`ECONNREFUSED`, `23505`, `session_ended`), never an authorization code. */
const ERROR_CODE = /^[A-Za-z_]{2,40}$|^[0-9A-Z]{5}$/

/**
 * A copy that may be logged: whatever a name or a form gives away as secret is masked, at any depth.
 *
 * It rather masks too much; a name that is hidden needlessly costs a look, a secret in a log costs
 * the session. Copies are bounded, so that logging a hostile value cannot take the process down.
 */
export function scrub(value: unknown): unknown {
  return (
    copyHarmless(value) ??
    copy(value, { depth: 0, seen: new Set(), budget: { left: MOST_OBJECTS } })
  )
}

/**
 * The copy of a few plain fields in which nothing can be found, as most lines are; null for anything
 * else. It says what the long way says, at a fifth of the cost.
 */
function copyHarmless(value: unknown): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null
  if (Object.getPrototypeOf(value) !== Object.prototype) return null
  const copied: Record<string, unknown> = {}
  let left = MOST_ENTRIES
  for (const name in value) {
    const field = read(value, name)
    const isPlain = typeof field === 'number' || (typeof field === 'string' && isHarmless(field))
    if (!isPlain || left-- <= 0 || !isPlainName(name)) return null
    copied[name] = field
  }
  return copied
}

function isPlainName(name: string): boolean {
  if (name === 'toJSON' || name === '__proto__') return false
  return isHarmless(name) && !isSecretName(name) && !isValueName(name)
}

interface Place {
  readonly depth: number
  /** The objects on the way down: one that holds itself ends here. */
  readonly seen: ReadonlySet<object>
  /** Shared by all places of one value: width times width times width is a lot. */
  readonly budget: { left: number }
}

function copy(value: unknown, place: Place): unknown {
  if (typeof value === 'string') return copyText(value, place)
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value === 'function') return '[function]'
  if (typeof value !== 'object' || value === null) return value
  if (place.seen.has(value)) return '[circular]'
  if (place.depth >= DEEPEST || place.budget.left-- <= 0) return '[more]'
  return copyObject(value, deeper(place, value))
}

/** JSON inside a text is read, so that its names are judged like any others. */
function copyText(text: string, place: Place): string {
  const json = /^\s*[{[]/.test(text) && place.depth < DEEPEST ? parsed(text) : null
  if (typeof json !== 'object' || json === null) return scrubText(text)
  return JSON.stringify(copy(json, { ...place, depth: place.depth + 1 }))
}

function deeper(place: Place, through: object): Place {
  return { ...place, depth: place.depth + 1, seen: new Set([...place.seen, through]) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function copyObject(value: object, place: Place): unknown {
  if (value instanceof Error) return copyError(value, place)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return `[${value.byteLength} bytes]`
  if (value instanceof URL) return scrubText(value.href)
  if (Array.isArray(value)) return copyList(value, place)
  if (value instanceof Set) return copyList([...value], place)
  if (isPairs(value)) return copyPairs([...value], place)
  const written = asWritten(value)
  return written === value ? copyPairs(ownPairs(value), place) : copy(written, place)
}

/** Maps, headers and query parameters all give pairs. */
function isPairs(value: object): value is Iterable<[unknown, unknown]> {
  return value instanceof Map || value instanceof Headers || value instanceof URLSearchParams
}

/** What an object says of itself: `Redacted` and its like say nothing. */
function asWritten(value: object): unknown {
  if (!('toJSON' in value) || typeof value.toJSON !== 'function') return value
  try {
    return value.toJSON()
  } catch {
    return '[unreadable]'
  }
}

function ownPairs(value: object): [string, unknown][] {
  return Object.keys(value).map((key) => [key, read(value, key)])
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key]
  } catch {
    return '[unreadable]'
  }
}

function copyPairs(pairs: readonly [unknown, unknown][], place: Place): Record<string, unknown> {
  const kept = pairs.slice(0, MOST_ENTRIES)
  const copied: [string, unknown][] = kept.map(([name, value]) => {
    const hidden = isSecretName(name) || (isValueName(name) && namesSecret(pairs))
    return [scrubText(String(name)), hidden ? mask(value) : copy(value, place)]
  })
  if (pairs.length > kept.length) copied.push(['…', `${pairs.length - kept.length} more`])
  // Not by assignment: a name such as `__proto__` must stay a name.
  return Object.fromEntries(copied)
}

/** `{ name: 'authorization', value: 'Bearer …' }`: the name of the secret is itself a value. */
function namesSecret(pairs: readonly [unknown, unknown][]): boolean {
  return pairs.some(
    ([name, value]) => /^(name|key|header|field)$/i.test(String(name)) && isSecretName(value),
  )
}

function isValueName(name: unknown): boolean {
  return /^values?$/i.test(String(name))
}

/** Raw headers and pairs are lists in which the secret follows its name. */
function copyList(items: readonly unknown[], place: Place): unknown[] {
  const kept = items.slice(0, MOST_ENTRIES)
  const copied = kept.map((item, index) =>
    isSecretName(items[index - 1]) ? mask(item) : copy(item, place),
  )
  return items.length > kept.length ? [...copied, `… ${items.length - kept.length} more`] : copied
}

function mask(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'boolean' ? value : MASK
}

function copyError(error: Error, place: Place): Record<string, unknown> {
  const rest = ownPairs(error).filter(
    ([name]) => !['name', 'message', 'stack', 'cause', 'code'].includes(name),
  )
  const code = read(error, 'code')
  const parts: [string, unknown][] = [
    ['type', copy(error.name, place)],
    ['message', copy(error.message, place)],
    ['stack', copy(error.stack, place)],
  ]
  if (typeof code === 'string') parts.push(['code', ERROR_CODE.test(code) ? code : MASK])
  if (error.cause !== undefined) parts.push(['cause', copy(error.cause, place)])
  if (error instanceof AggregateError) parts.push(['errors', copy(error.errors, place)])
  return { ...Object.fromEntries(parts), ...copyPairs(rest, place) }
}
