import { SERVER_SETTINGS } from './server-settings.ts'
import { SESSION_SETTINGS } from './session-settings.ts'
import type { Setting } from './setting.ts'

/** Every key there is; the documentation's table is held against it. */
export const SETTINGS = { ...SERVER_SETTINGS, ...SESSION_SETTINGS }

export type Key = keyof typeof SETTINGS

/** What was read at each key. */
export type Values = {
  readonly [K in Key]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never
}

export const KEYS = Object.keys(SETTINGS) as Key[]

export function isKey(name: string): name is Key {
  return Object.hasOwn(SETTINGS, name)
}
