/** Names that hold an instant end so; the API writes instants as RFC 3339. */
const INSTANT = /(_at|^auth_time|^elevated_until|^last_activity|^from|^until|^by)$/
/** Their members are not names but values: reasons, as the rest of the API spells them. */
const COUNTS = 'failed_validations'

/** What the API says, in TypeScript's words: `snake_case` becomes `camelCase`, instants become `Date`s. */
export function readJson<T>(value: unknown): T {
  return read(value) as T
}

function read(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(read)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [camelCase(name), readMember(name, inner)]),
  )
}

function readMember(name: string, value: unknown): unknown {
  if (name === COUNTS) return value
  return INSTANT.test(name) && typeof value === 'string' ? new Date(value) : read(value)
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
