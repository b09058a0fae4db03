import { refresh } from '../support/relying-party.ts'
import { placeOn, redeemed, sessionOf } from './place.ts'
import { expect, type Stage, test } from './stage.ts'

const COUNT = 20_000

test('a live session takes 600 bytes at the most, with all of its indexes', async ({
  stage,
  database,
}) => {
  const place = await placeOn(stage)
  await place.ask()
  const model = await stage.database.pool.query(MODEL, [await sessionOf(place)])
  await database.pool.query(MANY, [...Object.values(model.rows[0]!), COUNT])
  await database.pool.query('VACUUM ANALYZE session')

  const { rows } = await database.pool.query(SIZE)
  expect(rows[0]!.count).toBeGreaterThanOrEqual(COUNT)
  expect(rows[0]!.bytes / rows[0]!.count).toBeLessThanOrEqual(600)
})

test('50 refreshes add no row and lengthen none', async ({ stage }) => {
  const place = await placeOn(stage)
  let { refresh: token } = await redeemed(place, await place.ask())
  const first = await refresh(place.party, token!)
  token = String(first.body.refresh_token)
  const before = await weights(stage)

  for (let turn = 0; turn < 50; turn++) {
    const { status, body } = await refresh(place.party, token)
    expect(status).toBe(200)
    token = String(body.refresh_token)
  }
  await stage.node.services.activity.flush()

  expect(await weights(stage)).toEqual(before)
})

/** How many rows each table has, and how many bytes they are together. */
async function weights({ database }: Stage): Promise<Record<string, unknown>> {
  const tables = await database.pool.query<{ name: string }>(TABLES)
  const weighed = await Promise.all(
    tables.rows.map(async ({ name }) => {
      const text = `SELECT count(*)::int, COALESCE(SUM(pg_column_size(t)), 0)::int AS bytes
        FROM "${name}" t`
      return [name, (await database.pool.query(text)).rows[0]] as const
    }),
  )
  return Object.fromEntries(weighed)
}

const TABLES = `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'
  AND tablename <> 'rate_limit'`

const MODEL = `SELECT kind, secret_wrapped, created_at, last_seen_at, absolute_end_at, idle_timeout
  FROM session WHERE id = $1`

// People, their addresses and workspaces in the proportions of a busy day; the context is not counted.
const MANY = `
  INSERT INTO session (id, kind, workspace_id, user_id, login_id, epoch_id, secret_wrapped,
    created_at, last_seen_at, absolute_end_at, idle_timeout, address_hash)
  SELECT uuidv7(), $1, w.ids[1 + n % 200], u.ids[1 + n % 5000], uuidv7(), w.ids[1 + n % 200], $2,
    $3::timestamptz + n * step, $4::timestamptz + n * step, $5::timestamptz + n * step, $6,
    uuid_send(md5((n % 5000)::text)::uuid)
  FROM generate_series(1, $7) n, (SELECT interval '50 milliseconds' AS step) s,
    (SELECT array_agg(uuidv7()) AS ids FROM generate_series(1, 200)) w,
    (SELECT array_agg(uuidv7()) AS ids FROM generate_series(1, 5000)) u`
const SIZE = `SELECT count(*)::int, pg_total_relation_size('session')::int AS bytes FROM session`
