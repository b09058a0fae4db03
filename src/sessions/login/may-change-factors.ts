import type { Sql } from '../../database/sql.ts'
import { addedElsewhere } from '../../users/factors/note-added.ts'
import { AAL2 } from './level.ts'
import type { Login } from './login.ts'

/**
 * Whether a login is fresh, and as strong as its person can make it (ASVS 5.0 V7.5.1); one that added
 * all their factors itself is. Told to a page; the change asks again, with the rows held.
 */
export async function mayChangeFactors(db: Sql, login: Login): Promise<boolean> {
  return login.isFresh && (login.acr === AAL2 || !(await addedElsewhere(db, login)))
}
