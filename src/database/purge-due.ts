import type { Sql, Statement } from './sql.ts'

/** `kept` is how much longer than its time a row stays. */
function expired(kept: string): string {
  return `expires_at < statement_timestamp() - ${kept}`
}

/** `$2` is for how many seconds what has ended is still shown. */
const LONG_ENDED = 'ended_at < statement_timestamp() - make_interval(secs => $2)'

/** When a row of each kind is to go. */
export const DUE = {
  // A code that comes again within the hour must still be known as used; all else, which strangers
  // can make as well, goes at once.
  artifacts: expired(
    `CASE WHEN model = 'AuthorizationCode' THEN interval '1 hour' ELSE interval '0' END`,
  ),
  // The clocks of nodes and the tolerance for those of clients: a proof or a token could be good
  // there for a while after it is over here.
  replays: expired(`interval '5 minutes'`),
  revokedTokens: expired(`interval '1 hour'`),
  // A logout token that nobody got yet stays, and its session with it.
  sessions: `${LONG_ENDED} AND NOT EXISTS (
    SELECT FROM delivery d WHERE d.session_id = s.id AND d.state = 'pending')`,
  // Whoever followed changes and was away for so long begins anew; ends are told for as long as shown.
  changes: `kind LIKE '%.changed' AND at < statement_timestamp() - interval '15 minutes'`,
  feed: `kind NOT LIKE '%.changed' AND at < statement_timestamp() - make_interval(secs => $2)`,
  grants: LONG_ENDED,
  logins: LONG_ENDED,
} as const

/** Of each kind; more than so many are as bad as many more, and nobody waits for the count. */
const MOST_COUNTED = 10_000

const waiting = (from: string, due: string) =>
  `(SELECT count(*)::int FROM (SELECT FROM ${from} WHERE ${due} LIMIT ${MOST_COUNTED}) due)`

// Sessions and logins that time has ended, and that nothing has marked yet, are the sweep's to end.
const unmarked = (from: string) => `(SELECT count(*)::int FROM (
  SELECT FROM ${from} WHERE ended_at IS NULL AND absolute_end_at <= statement_timestamp()
  UNION ALL SELECT FROM ${from} WHERE ended_at IS NULL AND absolute_end_at > statement_timestamp()
    AND last_seen_at + make_interval(secs => idle_timeout + $1) <= statement_timestamp()
  LIMIT ${MOST_COUNTED}) due)`

const BACKLOG: Statement = {
  name: 'purge_backlog',
  text: `SELECT ${waiting('artifact', DUE.artifacts)} AS artifacts,
    ${waiting('replay', DUE.replays)} AS replays,
    ${waiting('revoked_token', DUE.revokedTokens)} AS revoked_tokens,
    ${waiting('feed_record', DUE.changes)} AS changes, ${waiting('feed_record', DUE.feed)} AS feed,
    ${waiting('session s', DUE.sessions)} AS sessions, ${waiting('"grant"', DUE.grants)} AS grants,
    ${waiting('login', DUE.logins)} AS logins, ${unmarked('session')} AS expired_sessions,
    ${unmarked('login')} AS expired_logins`,
}

/** How many rows of each kind wait to be removed or ended, each at most 10,000. */
export type Backlog = Readonly<Record<string, number>>

/** Seconds for which an idle end may be late: a use that is not written yet counts. */
export async function countBacklog(
  db: Sql,
  { endedFor, idleSlack }: { readonly endedFor: number; readonly idleSlack: number },
): Promise<Backlog> {
  const [row] = await db.query<Backlog>(BACKLOG, [idleSlack, endedFor])
  return row ?? {}
}
