import type { Sql, Statement } from '../../database/sql.ts'
import type { ClientId, SessionId } from '../../ids.ts'
import type { Figures } from './figures.ts'

/** What one session gathered since the last flush. */
export interface Gathered {
  readonly validations: number
  readonly failures: Readonly<Record<string, number>>
  readonly clients: readonly ClientId[]
  readonly devices: readonly string[]
  readonly networks: readonly string[]
  readonly countries: readonly string[]
}

/** Of each list; whoever is seen in more places than that is seen in many. */
const MOST = 100

const united = (column: string, type: string) => `(SELECT array_agg(DISTINCT x) FROM (
  SELECT x FROM unnest(f.${column} || EXCLUDED.${column}) x LIMIT ${MOST}) few)::${type}[]`

const summed = `(SELECT COALESCE(jsonb_object_agg(key, total), '{}') FROM (
  SELECT key, sum(value::int) AS total FROM (
    SELECT * FROM jsonb_each_text(f.failures) UNION ALL SELECT * FROM jsonb_each_text(EXCLUDED.failures)
  ) counts GROUP BY key) sums)`

// Sums and sets: it does not matter in which order nodes write. Rows are taken in the order of their
// identifiers, so that two nodes with the same sessions never wait in a circle.
const ADD: Statement = {
  name: 'session_figures_add',
  text: `INSERT INTO session_figures AS f
      (session_id, validations, failures, clients, devices, networks, countries)
    SELECT g.id, g.validations, g.failures, g.clients,
      ARRAY(SELECT decode(d, 'hex') FROM unnest(g.devices) d),
      ARRAY(SELECT decode(n, 'hex') FROM unnest(g.networks) n), g.countries
    FROM jsonb_to_recordset($1::jsonb) AS g(id uuid, validations int, failures jsonb,
      clients uuid[], devices text[], networks text[], countries text[])
    WHERE EXISTS (SELECT FROM session s WHERE s.id = g.id)
    ORDER BY g.id
    ON CONFLICT (session_id) DO UPDATE SET
      validations = f.validations + EXCLUDED.validations, failures = ${summed},
      clients = ${united('clients', 'uuid')}, devices = ${united('devices', 'bytea')},
      networks = ${united('networks', 'bytea')}, countries = ${united('countries', 'text')},
      updated_at = clock_timestamp()`,
}

export async function addFigures(
  db: Sql,
  gathered: ReadonlyMap<SessionId, Gathered>,
): Promise<void> {
  const records = [...gathered].map(([id, figures]) => ({ id, ...figures }))
  await db.execute(ADD, [JSON.stringify(records)])
}

const READ: Statement = {
  name: 'session_figures_read',
  text: `SELECT COALESCE(f.validations, 0) AS validations, COALESCE(f.failures, '{}') AS failures,
      COALESCE(cardinality(f.devices), 0) AS devices, COALESCE(cardinality(f.networks), 0) AS networks,
      COALESCE(f.countries, '{}') AS countries,
      ARRAY(SELECT k.client_id FROM client k WHERE k.id = ANY(f.clients) OR EXISTS (
        SELECT FROM participant p WHERE p.session_id = s.id AND p.client_id = k.id)
        ORDER BY k.client_id) AS clients
    FROM session s LEFT JOIN session_figures f ON f.session_id = s.id WHERE s.id = $1`,
}

export async function readFigures(db: Sql, id: SessionId): Promise<Figures | null> {
  const [row] = await db.query<Figures>(READ, [id])
  return row ?? null
}
