import type { Sql } from '../../database/sql.ts'
import { closeSomeElevations } from './elevation-store.ts'

/** Writes down the ends of elevations whose time is over; they were over without it. */
export async function closeElevations({ db }: { readonly db: Sql }): Promise<number> {
  for (let count = 0; ; ) {
    const closed = await closeSomeElevations(db)
    if (closed === 0) return count
    count += closed
  }
}
