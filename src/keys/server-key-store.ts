import type { Wrapped } from '../crypto/root-key.ts'
import type { Db } from '../database/transaction.ts'

export type ServerKeyPurpose = 'data' | 'lookup'

export interface ServerKeyRow {
  readonly id: string
  readonly purpose: string
  readonly version: number
  readonly wrapped: Wrapped
}

/** All versions of the server's own keys, oldest first. */
export async function findServerKeys({ prisma }: Db): Promise<readonly ServerKeyRow[]> {
  const rows = await prisma.serverKey.findMany({ orderBy: { version: 'asc' } })
  return rows.map(({ id, purpose, version, rootVersion, wrapped }) => {
    return { id, purpose, version, wrapped: { version: rootVersion, bytes: wrapped } }
  })
}

/** Adds a version, unless another start has added it. */
export async function insertServerKey({ prisma }: Db, key: ServerKeyRow): Promise<void> {
  const { id, purpose, version, wrapped } = key
  const row = { id, purpose, version, rootVersion: wrapped.version }
  await prisma.serverKey.createMany({
    data: { ...row, wrapped: Buffer.from(wrapped.bytes) },
    skipDuplicates: true,
  })
}
