/** The process's environment, or what stands in for it. */
export type Environment = Readonly<Record<string, string | undefined>>

export type Interpolated =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

// Only capitals, as environments use: what else stands in a password after `${` is then never
// taken for a variable's name, and so never told in a message.
const REFERENCE = /\$\$\{|\$\{([A-Z_][A-Z0-9_]*)(?::-([^}]*))?\}|\$\{/g

/**
 * Fills `${NAME}` and `${NAME:-default}` into text, and into the text of a list.
 *
 * It works on what YAML has already parsed, and once: a variable's value can neither add keys
 * nor refer to another variable.
 */
export function interpolate(raw: unknown, env: Environment): Interpolated {
  if (Array.isArray(raw)) return interpolateList(raw, env)
  if (typeof raw !== 'string') return { ok: true, value: raw }

  const reasons: string[] = []
  const refuse = (reason: string) => {
    reasons.push(reason)
    return ''
  }
  const value = raw.replaceAll(REFERENCE, (whole, name?: string, fallback?: string) => {
    if (whole === '$${') return '${'
    if (name === undefined) return refuse('holds a ${ that names no variable; write $${ for ${')
    const found = env[name]
    if (fallback !== undefined) return found || fallback
    return found ?? refuse(`the variable ${name} is not set`)
  })
  return reasons.length === 0 ? { ok: true, value } : { ok: false, reason: reasons.join('; ') }
}

function interpolateList(items: readonly unknown[], env: Environment): Interpolated {
  const filled = items.map((item) => interpolate(item, env))
  const failed = filled.find((item) => !item.ok)
  return failed ?? { ok: true, value: filled.map((item) => item.ok && item.value) }
}
