import { agentOf, type DeviceClass } from '../../lib/user-agent.ts'
import type { Context } from './context.ts'

/** What kind of device a context tells of; null where it tells nothing, which is a kind of its own. */
export function deviceClassOf({ userAgent }: Context): DeviceClass | null {
  return userAgent ? agentOf(userAgent).deviceClass : null
}
