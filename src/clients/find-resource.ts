import type { Sql } from '../database/sql.ts'
import type { Resource } from './resource.ts'
import { selectResource } from './resource-store.ts'
import { isResourceIdentifier } from './uris.ts'

/** By its identifier, letter by letter (RFC 8707 §2). */
export async function findResource(db: Sql, identifier: string): Promise<Resource | null> {
  return isResourceIdentifier(identifier) ? selectResource(db, identifier) : null
}
