import type { Services } from '../../src/services.ts'
import { type Load, load } from '../load.ts'

const AT_ONCE = 16
const ROWS = 10_000

const SELECT = { name: 'bench_select', text: 'SELECT id, n FROM bench_floor WHERE id = $1' }
const UPDATE = { name: 'bench_update', text: 'UPDATE bench_floor SET n = n + 1 WHERE id = $1' }

/** What the database and argon2 do on this machine when nobody asks anything else of it. */
export async function createFloors({ db, pool, passwords }: Services, password: string) {
  await pool.query(`CREATE TABLE bench_floor (id int PRIMARY KEY, n int NOT NULL)`)
  await pool.query(`INSERT INTO bench_floor SELECT i, 0 FROM generate_series(1, ${ROWS}) i`)
  const passwordHash = await passwords.hash(password)
  const anyRow = () => [1 + Math.floor(Math.random() * ROWS)]

  return {
    select: (seconds: number): Promise<Load> =>
      load(async () => void (await db.query(SELECT, anyRow())), seconds, AT_ONCE),
    update: (seconds: number): Promise<Load> =>
      load(async () => void (await db.execute(UPDATE, anyRow())), seconds, AT_ONCE),
    argon2: (seconds: number): Promise<Load> =>
      load(async () => void (await passwords.verify(passwordHash, password)), seconds, AT_ONCE),
  }
}
