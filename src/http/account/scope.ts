import type { Login } from '../../sessions/login/login.ts'

/** What the forms of the page belong to. */
export function scopeOf({ id }: Pick<Login, 'id'>): string {
  return `account ${id}`
}
