import type { Db } from '../database/transaction.ts'

export interface EpochCounts {
  readonly current: number
  /** Replaced, but something live is still wrapped by them. */
  readonly retired: number
  readonly destroyed: number
}

const EPOCHS = {
  name: 'epoch_counts',
  text: `
    SELECT count(*) FILTER (WHERE retired_at IS NULL)::int AS current,
           count(*) FILTER (WHERE retired_at IS NOT NULL AND destroyed_at IS NULL)::int AS retired,
           count(*) FILTER (WHERE destroyed_at IS NOT NULL)::int AS destroyed
    FROM epoch_key`,
}

export async function countEpochs(db: Db): Promise<EpochCounts> {
  const [counts] = await db.query<EpochCounts>(EPOCHS)
  return counts!
}
