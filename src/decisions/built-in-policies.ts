import type { Policy } from './policy.ts'

/**
 * What is stored, and of what is built in as much as nobody has said otherwise: a stored rule takes
 * the place of the built-in one of its level and subject, stricter or not.
 */
export function withBuiltIn(
  stored: readonly Policy[],
  builtIn: readonly Policy[],
): readonly Policy[] {
  const own = builtIn.filter((policy) => !stored.some((one) => isSame(one, policy)))
  const merged = stored.map((policy) => {
    const beneath = builtIn.find((one) => isSame(one, policy))
    return beneath ? { ...policy, rules: { ...beneath.rules, ...policy.rules } } : policy
  })
  return [...merged, ...own]
}

function isSame(a: Policy, b: Policy): boolean {
  return a.level === b.level && a.subject === b.subject
}
