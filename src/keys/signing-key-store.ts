import type { Prisma } from '../database/generated/client.ts'
import type { Sql } from '../database/sql.ts'
import type { Db } from '../database/transaction.ts'
import type { SigningKeyTimes } from './signing-plan.ts'

export type SigningAlg = 'ES256' | 'RS256'

/** A public key as the key set names it (RFC 7517 §4); nothing private has a place here. */
export interface PublicJwk {
  readonly kty: string
  readonly kid: string
  readonly alg: SigningAlg
  readonly use: 'sig'
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
}

export interface SigningKeyRow extends SigningKeyTimes {
  readonly alg: SigningAlg
  readonly publicJwk: PublicJwk
  readonly privateSealed: Uint8Array | null
}

const NOW = { name: 'signing_now', text: 'SELECT clock_timestamp() AS now' }

/** The keys that still sign or verify, oldest first, and the database's time. */
export async function findSigningKeys(
  db: Db,
): Promise<{ readonly keys: readonly SigningKeyRow[]; readonly now: Date }> {
  const now = await databaseTime(db)
  const rows = await db.prisma.signingKey.findMany({
    where: { OR: [{ removedAt: null }, { removedAt: { gt: now } }] },
    orderBy: { publishedAt: 'asc' },
  })
  const keys = rows.map((row) => ({
    kid: row.kid,
    alg: row.alg as SigningAlg,
    publicJwk: row.publicJwk as unknown as PublicJwk,
    privateSealed: row.privateSealed,
    publishedAt: row.publishedAt,
    activeAt: row.activeAt,
    retiredAt: row.retiredAt,
    removedAt: row.removedAt,
  }))
  return { keys, now }
}

const LOCK = {
  name: 'signing_lock',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('sojourn signing keys', 0))`,
}

/** Lets one node at a time plan: two that plan on the same state would both publish a key. */
export async function lockSigningKeys(tx: Sql): Promise<void> {
  await tx.execute(LOCK)
}

export async function insertSigningKey(
  tx: Db,
  id: string,
  key: Omit<SigningKeyRow, 'retiredAt' | 'removedAt'> & { readonly privateSealed: Uint8Array },
): Promise<void> {
  await tx.prisma.signingKey.create({
    data: {
      ...key,
      id,
      publicJwk: { ...key.publicJwk } satisfies Prisma.InputJsonObject,
      privateSealed: Buffer.from(key.privateSealed),
    },
  })
}

export async function retireSigningKey(
  tx: Db,
  { kid, ...times }: { kid: string; retiredAt: Date; removedAt: Date },
): Promise<void> {
  await tx.prisma.signingKey.update({ where: { kid }, data: times })
}

/** Destroys the private halves of keys that retired by then; the public ones stay as a record. */
export async function destroyPrivateKeys(tx: Db, retiredBy: Date): Promise<void> {
  await tx.prisma.signingKey.updateMany({
    where: { retiredAt: { lte: retiredBy }, privateSealed: { not: null } },
    data: { privateSealed: null },
  })
}

async function databaseTime(db: Sql): Promise<Date> {
  const [row] = await db.query<{ readonly now: Date }>(NOW)
  return row!.now
}
