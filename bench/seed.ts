import type pg from 'pg'

/** Made in one statement, so that none takes longer than a statement may. */
const BATCH = 20_000
const USERS_OF = 10
const WORKSPACES = 100
const CLIENTS = 50

// The keys are the same bytes for all: nobody opens what these rows seal.
const ONCE = [
  `INSERT INTO workspace (id, slug, name)
    SELECT gen_random_uuid(), 'seeded-' || n, 'Seeded ' || n FROM generate_series(0, ${WORKSPACES - 1}) n
    ON CONFLICT DO NOTHING`,
  `INSERT INTO epoch_key (id, workspace_id, number, wrapped, root_version)
    SELECT gen_random_uuid(), id, 1, '\\x00', 'seeded' FROM workspace w WHERE slug LIKE 'seeded-%'
      AND NOT EXISTS (SELECT FROM epoch_key e WHERE e.workspace_id = w.id)`,
  `INSERT INTO client (id, client_id, metadata)
    SELECT gen_random_uuid(), 'seeded-' || n, '{}' FROM generate_series(0, ${CLIENTS - 1}) n
    ON CONFLICT DO NOTHING`,
  // Places by number, so that each row finds its own without a search.
  `CREATE TABLE IF NOT EXISTS seeded_place AS
    SELECT row_number() OVER (ORDER BY w.slug) - 1 AS n, w.id AS workspace_id, e.id AS epoch_id
    FROM workspace w JOIN epoch_key e ON e.workspace_id = w.id AND e.retired_at IS NULL
    WHERE w.slug LIKE 'seeded-%'`,
  `CREATE TABLE IF NOT EXISTS seeded_client AS
    SELECT row_number() OVER (ORDER BY client_id) - 1 AS n, id FROM client WHERE client_id LIKE 'seeded-%'`,
  `CREATE TABLE IF NOT EXISTS seeded_user (n bigint PRIMARY KEY, id uuid NOT NULL, workspace_id uuid NOT NULL,
    epoch_id uuid NOT NULL)`,
]

const USERS = `
  WITH fresh AS (
    INSERT INTO seeded_user
    SELECT u.n, gen_random_uuid(), p.workspace_id, p.epoch_id
    FROM generate_series($1::bigint, $2::bigint) AS u(n) JOIN seeded_place p ON p.n = u.n % ${WORKSPACES}
    ON CONFLICT DO NOTHING RETURNING *),
  people AS (INSERT INTO "user" (id, username) SELECT id, 'seeded-' || n FROM fresh RETURNING id)
  INSERT INTO membership (workspace_id, user_id, roles)
  SELECT workspace_id, id, '{member}' FROM fresh WHERE id IN (SELECT id FROM people)`

// Within the limits of the default configuration, which would cut them short otherwise. Two of three
// stand on a login and have an application that takes part; the third a service made.
const SESSIONS = `
  WITH fresh AS MATERIALIZED (
    SELECT s.n, uuidv7(make_interval(secs => -((s.n * 7919) % 3600)::int)) AS id, u.id AS user_id,
      u.workspace_id, u.epoch_id, k.id AS client_id, s.n % 3 <> 0 AS of_login, gen_random_uuid() AS login_id,
      clock_timestamp() - make_interval(secs => ((s.n * 7919) % 3600)::int) AS began
    FROM generate_series($1::bigint, $2::bigint) AS s(n)
    JOIN seeded_user u ON u.n = s.n % $3 JOIN seeded_client k ON k.n = s.n % ${CLIENTS}),
  logins AS (
    INSERT INTO login (id, user_id, auth_time, acr, amr, secret_wrapped, root_version, created_at,
      last_seen_at, idle_timeout, absolute_end_at)
    SELECT login_id, user_id, began, 'urn:sojourn:aal1', '{pwd}', decode(repeat('ab', 61), 'hex'),
      'seeded', began, clock_timestamp(), 3600, began + interval '7 days' FROM fresh WHERE of_login),
  parts AS (
    INSERT INTO participant (session_id, client_id, created_at)
    SELECT id, client_id, began FROM fresh WHERE of_login)
  INSERT INTO session (id, kind, workspace_id, user_id, client_id, login_id, epoch_id, secret_wrapped,
    context_sealed, created_at, last_seen_at, absolute_end_at, idle_timeout, acr, amr, auth_time,
    generation, token_end_at, device_class, address_hash, device_hash)
  SELECT id, CASE WHEN of_login THEN 'login' ELSE 'api' END, workspace_id, user_id,
    CASE WHEN of_login THEN NULL ELSE client_id END, CASE WHEN of_login THEN login_id END, epoch_id,
    decode(repeat('ab', 61), 'hex'), decode(repeat('cd', 160), 'hex'), began, clock_timestamp(),
    began + interval '1 day', 1800, NULL, '{}', began, 0, began + interval '8 hours', 'desktop',
    decode(md5('address' || n / 5), 'hex'), decode(md5('device' || n / 2), 'hex')
  FROM fresh`

/** Fills a migrated database with so many more live sessions, and with all that they stand on. */
export async function seedSessions(
  pool: pg.Pool,
  count: number,
  told: (made: number) => void = () => undefined,
): Promise<void> {
  for (const statement of ONCE) await pool.query(statement)
  const users = Math.max(Math.ceil(count / USERS_OF), WORKSPACES)
  for (let from = 0; from < users; from += BATCH)
    await pool.query(USERS, [from, Math.min(from + BATCH, users) - 1])
  for (let from = 0; from < count; from += BATCH) {
    await pool.query(SESSIONS, [from, Math.min(from + BATCH, count) - 1, users])
    told(Math.min(from + BATCH, count))
  }
  for (const table of ['session', 'login', 'participant', '"user"', 'membership'])
    await pool.query(`ANALYZE ${table}`)
}
