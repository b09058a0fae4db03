import { Refusal } from './refusal.ts'

/** A slug or id as people type it; null when it is none. */
export function parseWorkspaceName(typed: unknown): string | null {
  if (typeof typed !== 'string') return null
  const name = typed.trim().toLowerCase()
  return /^[a-z0-9_-]{1,63}$/.test(name) ? name : null
}

/** Null when nothing was typed; what is no name at all is refused. */
export function requireWorkspaceName(typed: unknown = ''): string | null {
  if (typeof typed === 'string' && typed.trim() === '') return null
  const name = parseWorkspaceName(typed)
  if (name === null) throw new Refusal('invalid_workspace')
  return name
}
