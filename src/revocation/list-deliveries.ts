import type { Sql } from '../database/sql.ts'
import {
  type DeliveryFilter,
  type OpenDelivery,
  selectOpenDeliveries,
} from './open-delivery-store.ts'

export type { OpenDelivery } from './open-delivery-store.ts'

const MOST = 1_000

/** The logout tokens that are still on their way or were set aside, as an operator asks for them. */
export function listDeliveries(
  db: Sql,
  filter: Partial<DeliveryFilter> = {},
): Promise<readonly OpenDelivery[]> {
  const { state = null, clientId = null, limit = 100 } = filter
  return selectOpenDeliveries(db, { state, clientId, limit: Math.min(limit, MOST) })
}
