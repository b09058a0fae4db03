import type { Db } from '../database/transaction.ts'

/** Writes the one row, unless it is there. */
export async function insertInstance({ prisma }: Db, incarnation: string): Promise<void> {
  await prisma.instance.createMany({ data: { id: 1, incarnation }, skipDuplicates: true })
}

export async function findIncarnation({ prisma }: Db): Promise<string | null> {
  return (await prisma.instance.findUnique({ where: { id: 1 } }))?.incarnation ?? null
}
