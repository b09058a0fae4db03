import { createHash } from 'node:crypto'
import { coalesce } from '../../database/coalesce.ts'
import type { Sql } from '../../database/sql.ts'
import type { ClientId, WorkspaceId } from '../../ids.ts'
import { standingCallers } from './service-caller-store.ts'

/** What the token of a service says, whose seal was opened before. */
export interface ServiceToken {
  /** What the protocol calls client_id. */
  readonly client: string
  readonly jti: string
}

/** A service that stands, with a token that was not revoked, and the active workspaces it is admitted to. */
export interface ServiceCaller {
  readonly clientId: ClientId
  readonly workspaceIds: ReadonlySet<WorkspaceId>
}

export type ReadServiceCaller = (token: ServiceToken) => Promise<ServiceCaller | undefined>

/** Reads for the calls that come at about the same time, in one statement. */
export function serviceCallerReader(db: Sql): ReadServiceCaller {
  return coalesce((tokens: readonly ServiceToken[]) => standingCallers(db, tokens), {
    keyOf: nameOfToken,
    maxBatch: 100,
    maxInFlight: 4,
  })
}

/** Each token's identifier is its own, so it names what was read for it. */
export function nameOfToken({ jti }: ServiceToken): string {
  return jti
}

/** Whose changes alter the answer, as the feed names them. */
export function callerStandsOn(
  { clientId, workspaceIds }: ServiceCaller,
  { jti }: ServiceToken,
): readonly string[] {
  return [clientId, ...workspaceIds, nameInFeed(jti)]
}

/** The feed speaks of uuids alone; a digest stands for the token, and protects nothing. */
function nameInFeed(jti: string): string {
  const digest = createHash('md5').update(jti).digest('hex')
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
