import type { Sql, Statement } from '../../database/sql.ts'
import type { ClientId, SessionId, UserId, WorkspaceId } from '../../ids.ts'

/** What a list of sessions is narrowed to; null where it is not. */
export interface PageFilter {
  readonly workspaceIds: readonly WorkspaceId[] | null
  readonly userId: UserId | null
  /** A client that takes part, or the service that made the session or holds it. */
  readonly clientId: ClientId | null
  readonly addressHash: Buffer | null
  readonly deviceHash?: Buffer | null
  readonly state: 'live' | 'ended' | null
  /** The service whose own they are. */
  readonly heldBy?: ClientId
}

export interface PageAsk {
  readonly filter: PageFilter
  /** The last of the page before; null for the first page. */
  readonly after: SessionId | null
  readonly limit: number
}

const HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * Identifiers of one page, the youngest first. Each set of filters has a statement of its own, so
 * that each has a plan of its own: one statement for all of them would read the whole table.
 */
export async function selectPage(db: Sql, ask: PageAsk): Promise<readonly SessionId[]> {
  const { filter, after, limit } = ask
  const statement = statementFor(filter)
  const rows = await db.query<{ id: SessionId }>(statement, [
    after ?? HIGHEST,
    limit,
    ...[
      filter.workspaceIds,
      filter.userId,
      filter.clientId,
      filter.addressHash,
      filter.deviceHash ?? null,
      filter.heldBy ?? null,
    ].filter(isGiven),
  ])
  return rows.map(({ id }) => id)
}

const statements = new Map<string, Statement>()

function statementFor(filter: PageFilter): Statement {
  const name = nameOf(filter)
  const known = statements.get(name)
  if (known) return known
  const statement = { name, text: textOf(filter) }
  statements.set(name, statement)
  return statement
}

function nameOf(filter: PageFilter): string {
  const { workspaceIds, userId, clientId, addressHash, deviceHash, state, heldBy } = filter
  const parts = [
    workspaceIds && 'workspaces',
    userId && 'user',
    clientId && 'client',
    addressHash && 'address',
    deviceHash ? 'device' : null,
    state,
    heldBy ? 'held' : null,
  ]
  return ['sessions_page', ...parts.filter(isGiven)].join('_')
}

function textOf(filter: PageFilter): string {
  const { workspaceIds, userId, clientId, addressHash, deviceHash, state, heldBy } = filter
  let place = 2
  const next = () => {
    place += 1
    return `$${place}`
  }
  const workspaces = workspaceIds && next()
  const user = userId && `s.user_id = ${next()}`
  const client = clientId && next()
  const address = addressHash && `s.address_hash = ${next()}`
  const device = deviceHash ? `s.device_hash = ${next()}` : null
  const held = heldBy ? `s.client_id = ${next()} AND s.kind = 'service'` : null
  const conditions = ['s.id < $1', user, address, device, state && STATES[state], held]
  const where = conditions.filter(isGiven)

  // The client's own list leads, or every session of the workspace would be looked at.
  if (client)
    return ofClient(client, [...where, workspaces && `s.workspace_id = ANY(${workspaces})`])
  if (held && workspaces) where.push(`s.workspace_id = ANY(${workspaces})`)
  if (held || !workspaces) return `SELECT s.id FROM session s WHERE ${where.join(' AND ')} ${ORDER}`
  return `SELECT p.id FROM unnest(${workspaces}::uuid[]) AS w(id), LATERAL (
      SELECT s.id FROM session s WHERE s.workspace_id = w.id AND ${where.join(' AND ')} ${ORDER}) p
    ORDER BY p.id DESC LIMIT $2`
}

const ORDER = 'ORDER BY s.id DESC LIMIT $2'
const STATES = { live: 's.ended_at IS NULL', ended: 's.ended_at IS NOT NULL' } as const

function ofClient(client: string, where: readonly (string | null)[]): string {
  const rest = where.filter(isGiven).join(' AND ')
  return `SELECT DISTINCT id FROM (
      (SELECT s.id FROM participant p JOIN session s ON s.id = p.session_id
        WHERE p.client_id = ${client} AND p.session_id < $1 AND ${rest}
        ORDER BY p.session_id DESC LIMIT $2)
      UNION ALL
      (SELECT s.id FROM session s WHERE s.client_id = ${client} AND ${rest} ${ORDER})) both_kinds
    ORDER BY id DESC LIMIT $2`
}

function isGiven<T>(value: T | null): value is T {
  return value !== null
}
