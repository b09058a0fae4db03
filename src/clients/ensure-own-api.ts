import type { Sql } from '../database/sql.ts'
import { API_SCOPES, ownApi } from './own-api.ts'
import { ensureResource } from './resource-store.ts'

/** Makes our own API known as a resource, so that clients can ask for tokens for it. */
export function ensureOwnApi(db: Sql, issuer: string): Promise<void> {
  return ensureResource(db, {
    identifier: ownApi(issuer),
    name: 'Sessions',
    scopes: API_SCOPES,
  })
}
