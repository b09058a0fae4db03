import type { Sql, Statement } from '../../database/sql.ts'
import { type AppliedLimit, countsLogins, type Dimension } from '../../decisions/concurrency.ts'
import type { Origin } from '../../decisions/policy-level.ts'

const COLUMNS: Readonly<Record<Exclude<Dimension, 'role'>, string>> = {
  user: 's.user_id::text',
  workspace: 's.workspace_id::text',
  device_class: 's.device_class',
  client: 'p.client_id::text',
  acr: 'COALESCE(l.acr, s.acr)',
}

const OF_CLIENTS = `JOIN LATERAL (SELECT s.client_id WHERE s.client_id IS NOT NULL
  UNION SELECT client_id FROM participant WHERE session_id = s.id) p ON true`

const OF_MEMBERS = `JOIN membership m ON m.user_id = s.user_id AND m.workspace_id = s.workspace_id
  AND $3 = ANY(m.roles)`

const LOGINS = `(SELECT user_id, acr FROM login WHERE ended_at IS NULL
  UNION ALL SELECT user_id, acr FROM session WHERE ended_at IS NULL AND kind = 'api')`

/** Of a level, whom it is about: the one value that is the same for all that it counts. */
function fixedOf({ level, subject }: Origin): readonly [Dimension, string][] {
  switch (level) {
    case 'server':
      return []
    case 'workspace':
    case 'client':
    case 'acr':
      return [[level, subject]]
    case 'role':
      return [
        ['workspace', subject.slice(0, subject.indexOf('/'))],
        ['role', subject.slice(subject.indexOf('/') + 1)],
      ]
  }
}

const MOST = 500

// What is marked as ended is not counted; what time has ended is, and looked at again under the lock.
function counting(limit: AppliedLimit): Statement {
  const { within, origin } = limit
  const isOfLogins = countsLogins(limit)
  const column = (dimension: Dimension) =>
    dimension === 'role'
      ? '$3::text'
      : isOfLogins
        ? `s.${dimension === 'user' ? 'user_id::text' : 'acr'}`
        : COLUMNS[dimension]
  const from = isOfLogins
    ? `${LOGINS} s`
    : `(SELECT * FROM session WHERE ended_at IS NULL AND kind <> 'offline') s
      LEFT JOIN login l ON l.id = s.login_id
      ${within.includes('client') ? OF_CLIENTS : ''} ${within.includes('role') ? OF_MEMBERS : ''}`
  const conditions = [
    ...(within.includes('user') ? ['s.user_id IS NOT NULL'] : []),
    ...fixedOf(origin).map(([dimension], at) => `${column(dimension)} = $${at + 2}::text`),
  ]
  const columns = within.map(column)
  return {
    name: ['limit_overfull', origin.level, limit.kind].join('_'),
    text: `SELECT ARRAY[${columns.join(', ')}]::text[] AS counted FROM ${from}
      ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
      GROUP BY 1 HAVING count(*) > $1::int LIMIT ${MOST}`,
  }
}

/** What a limit counts together and is too much, as one value for each of its dimensions. */
export async function selectOverfull(
  db: Sql,
  limit: AppliedLimit,
): Promise<readonly (readonly (string | null)[])[]> {
  const fixed = fixedOf(limit.origin).map(([, value]) => value)
  const rows = await db.query<{ counted: readonly (string | null)[] }>(counting(limit), [
    limit.max,
    ...fixed,
  ])
  return rows.map(({ counted }) => counted)
}
