/** Names that hold an instant end so; the API writes instants as RFC 3339. */
const INSTANT = /(_at|^auth_time|^elevated_until|^last_activity|^from|^until|^by)$/

/** What the API says, in TypeScript's words: `snake_case` becomes `camelCase`, instants become `Date`s. */
export function readJson<T>(value: unknown): T {
  return read(value) as T
}

function read(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(read)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      camelCase(name),
      INSTANT.test(name) && typeof inner === 'string' ? new Date(inner) : read(inner),
    ]),
  )
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
