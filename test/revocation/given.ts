import { randomUUID } from 'node:crypto'
import type { Client } from '../../src/clients/client.ts'
import { createClient } from '../../src/clients/create-client.ts'
import type { BackchannelConfig } from '../../src/config/config.ts'
import { localRootKeys } from '../../src/crypto/root-key.ts'
import type { Db } from '../../src/database/transaction.ts'
import type { DeliveryId, SessionId, UserId, WorkspaceId } from '../../src/ids.ts'
import { loadServerKeys } from '../../src/keys/data-keys.ts'
import { loadIncarnation } from '../../src/keys/incarnation.ts'
import { rotateSigningKeys, signingKeysNow } from '../../src/keys/signing-keys.ts'
import type { DeliverDeps } from '../../src/revocation/deliver.ts'

export const ISSUER = 'https://op.test'

const ROOT = { secret: Buffer.alloc(32, 5), createdAt: new Date('2026-01-01T00:00:00Z') }
const POLICY = { rotation: 86_400, jwksMaxAge: 300, maxTokenLifetime: 3600, margin: 60 }

const BACKCHANNEL: BackchannelConfig = {
  allow: ['127.0.0.0/8'],
  timeout: 5,
  concurrency: 8,
  retryFor: 72 * 3600,
}

/** The server's keys with signing keys that sign; processes on one database find the same ones. */
export async function givenKeys(db: Db) {
  const rootKeys = localRootKeys([ROOT])
  const incarnation = await loadIncarnation(db)
  const serverKeys = await loadServerKeys({ db, rootKeys, incarnation })
  await rotateSigningKeys({ db, serverKeys }, { algs: ['ES256', 'RS256'], policy: POLICY })
  return { serverKeys, signingKeys: () => signingKeysNow({ db, serverKeys }) }
}

/** All that a deliverer needs. */
export async function givenDeps(
  db: Db,
  backchannel: Partial<BackchannelConfig> = {},
): Promise<DeliverDeps & { readonly errors: unknown[] }> {
  const { serverKeys, signingKeys } = await givenKeys(db)
  const errors: unknown[] = []
  return {
    db,
    config: {
      issuer: ISSUER,
      backchannel: { ...BACKCHANNEL, ...backchannel },
      keys: { signing: { alg: 'ES256' } },
    },
    serverKeys,
    signingKeys,
    log: { error: ({ err }: { err?: unknown }) => errors.push(err) },
    errors,
  }
}

/** A client as an operator makes it; without a `uri` it takes no logout tokens. */
export async function givenClient(
  deps: DeliverDeps,
  clientId: string,
  uri?: string,
  metadata: Partial<Client['metadata']> = {},
): Promise<Client> {
  const { client } = await createClient(deps, {
    clientId,
    metadata: {
      redirect_uris: [`https://${clientId}.test/cb`],
      ...(uri && { backchannel_logout_uri: uri }),
      ...metadata,
    },
    by: { kind: 'operator' },
  })
  return client
}

export interface GivenDelivery {
  readonly id: DeliveryId
  readonly sessionId: SessionId
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
}

/** What the end of a session leaves for one client. */
export async function givenDelivery(
  db: Db,
  clientId: string,
  kind: 'login' | 'offline' = 'login',
): Promise<GivenDelivery> {
  const [id, sessionId, userId, workspaceId] = [1, 2, 3, 4].map(() => randomUUID()) as never as [
    DeliveryId,
    SessionId,
    UserId,
    WorkspaceId,
  ]
  await db.execute(INSERT_SESSION, [sessionId, workspaceId, userId, kind])
  await db.execute(INSERT_DELIVERY, [id, sessionId, clientId, userId])
  return { id, sessionId, userId, workspaceId }
}

const INSERT_SESSION = {
  name: 'test_insert_ended_session',
  text: `
    INSERT INTO session (id, kind, workspace_id, user_id, created_at, last_seen_at,
      absolute_end_at, idle_timeout, ended_at, end_cause)
    VALUES ($1, $4, $2, $3, now(), now(), now() + interval '8 hours', 1800, now(), 'logout')`,
}

const INSERT_DELIVERY = {
  name: 'test_insert_delivery',
  text: `
    INSERT INTO delivery (id, session_id, client_id, user_id, next_attempt_at, created_at)
    VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp())`,
}

export interface DeliveryRow {
  readonly state: string
  readonly attempts: number
  readonly lastFailure: string | null
  /** Seconds from now. */
  readonly due: number
}

export async function deliveryRow(db: Db, id: string): Promise<DeliveryRow> {
  const [row] = await db.query<DeliveryRow>(ROW, [id])
  if (!row) throw new Error('no such delivery')
  return row
}

const ROW = {
  name: 'test_delivery_row',
  text: `
    SELECT state, attempts, last_failure AS "lastFailure",
           round(extract(epoch FROM next_attempt_at - clock_timestamp()))::int AS due
    FROM delivery WHERE id = $1`,
}

/** How many deliveries are in each state. */
export async function deliveryStates(db: Db): Promise<Readonly<Record<string, number>>> {
  const rows = await db.prisma.delivery.groupBy({ by: ['state'], _count: true })
  return Object.fromEntries(rows.map(({ state, _count }) => [state, _count]))
}
