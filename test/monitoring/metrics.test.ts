import { randomUUID } from 'node:crypto'
import { createLog } from '../../src/log.ts'
import { createMetrics } from '../../src/monitoring/metrics.ts'
import { outcomes } from '../../src/monitoring/outcome.ts'
import { DAY, ROOT } from '../keys/given.ts'
import { test as base, expect } from '../support/database.ts'

const test = base.extend<{ metrics: ReturnType<typeof createMetrics> }>({
  metrics: async ({ database }, use) => {
    const keys = { rootKeys: ROOT, config: { keys: { rootRotation: 30 * DAY } } }
    const metrics = createMetrics({ ...database, ...keys, log: createLog('silent') })
    await use(metrics)
    metrics.close()
  },
})

async function lines(metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  const { text } = await metrics.scrape()
  return text.split('\n').filter((line) => line.startsWith(name))
}

test.describe('what is told', () => {
  test('is counted by its kind and word', async ({ metrics }) => {
    const told = [
      { kind: 'session.created', session_kind: 'login' },
      { kind: 'session.ended', cause: 'idle' },
      { kind: 'session.ended', cause: 'idle' },
      { kind: 'session.ended', cause: 'reuse' },
      { kind: 'refresh', outcome: 'advanced' },
      { kind: 'login', outcome: 'invalid_credentials' },
      { kind: 'delivery', outcome: 'set_aside' },
      { kind: 'code.replayed' },
    ]
    for (const outcome of told) outcomes.publish(outcome)
    expect(await lines(metrics, 'sojourn_sessions_created_total{')).toEqual([
      'sojourn_sessions_created_total{session_kind="login"} 1',
    ])
    expect(await lines(metrics, 'sojourn_sessions_ended_total{')).toEqual([
      'sojourn_sessions_ended_total{cause="idle"} 2',
      'sojourn_sessions_ended_total{cause="reuse"} 1',
    ])
    expect(await lines(metrics, 'sojourn_refreshes_total{')).toEqual([
      'sojourn_refreshes_total{outcome="advanced"} 1',
    ])
    expect(await lines(metrics, 'sojourn_logins_total{')).toEqual([
      'sojourn_logins_total{outcome="invalid_credentials"} 1',
    ])
    expect(await lines(metrics, 'sojourn_deliveries_total{')).toEqual([
      'sojourn_deliveries_total{outcome="set_aside"} 1',
    ])
    expect(await lines(metrics, 'sojourn_outcomes_total{')).toEqual([
      'sojourn_outcomes_total{kind="code.replayed"} 1',
    ])
  })

  test('is timed by route', async ({ metrics }) => {
    outcomes.publish({
      kind: 'request',
      route: '/oauth2/token',
      method: 'POST',
      status: 200,
      seconds: 0.02,
    })
    expect(await lines(metrics, 'sojourn_http_request_duration_seconds_count')).toEqual([
      'sojourn_http_request_duration_seconds_count{route="/oauth2/token",method="POST",status="200"} 1',
    ])
  })

  test('cannot fill memory or show a value: an unknown word is "other"', async ({ metrics }) => {
    for (let n = 0; n < 50; n++) {
      outcomes.publish({ kind: 'session.ended', cause: `Cause ${n}` })
      outcomes.publish({
        kind: 'request',
        route: `/${n}?secret`,
        method: `M${n}`,
        status: n,
        seconds: 1,
      })
      outcomes.publish({ kind: `Kind ${n}` })
    }
    expect(await lines(metrics, 'sojourn_sessions_ended_total{')).toEqual([
      'sojourn_sessions_ended_total{cause="other"} 50',
    ])
    expect(await lines(metrics, 'sojourn_http_request_duration_seconds_count')).toHaveLength(1)
    expect(await lines(metrics, 'sojourn_outcomes_total{')).toEqual([
      'sojourn_outcomes_total{kind="other"} 50',
    ])
  })

  test('may be anything without harm', async ({ metrics }) => {
    for (const message of [
      null,
      undefined,
      'words',
      7,
      {},
      { kind: 7 },
      { kind: '__proto__' },
      { kind: 'constructor' },
    ])
      outcomes.publish(message)
    expect((await metrics.scrape()).text).toContain('sojourn_')
  })
})

test.describe('clean-up', () => {
  test('is counted as its job tells it, what it removed and what it left', async ({ metrics }) => {
    const before = Math.floor(Date.now() / 1000)
    const told = { kind: 'cleanup', removed: { artifacts: 3, x: 1 }, waiting: { sessions: 2 } }
    outcomes.publish(told)
    outcomes.publish({ ...told, removed: { artifacts: 4 }, waiting: { sessions: 0 } })
    expect(await lines(metrics, 'sojourn_cleanup_removed_total{')).toEqual([
      'sojourn_cleanup_removed_total{rows="artifacts"} 7',
    ])
    expect(await lines(metrics, 'sojourn_cleanup_waiting{')).toEqual([
      'sojourn_cleanup_waiting{rows="sessions"} 0',
    ])
    const [run] = await lines(metrics, 'sojourn_cleanup_last_run_timestamp_seconds ')
    expect(Number(run?.split(' ')[1])).toBeGreaterThanOrEqual(before)
    expect(await lines(metrics, 'sojourn_outcomes_total{')).toEqual([])
  })
})

test.describe('the gauges', () => {
  test('count live sessions by workspace, as the database sees them', async ({
    database,
    metrics,
  }) => {
    const workspace = randomUUID()
    await database.pool.query(
      `INSERT INTO workspace (id, slug, name) VALUES ($1, 'atelier', 'Atelier')`,
      [workspace],
    )
    for (const minutes of [10, 10, -10])
      await database.pool.query(
        `INSERT INTO session (id, kind, workspace_id, secret_wrapped, created_at, last_seen_at, absolute_end_at, idle_timeout)
         VALUES (gen_random_uuid(), 'api', $1, '', now(), now(), now() + make_interval(mins => $2), 3600)`,
        [workspace, minutes],
      )
    expect(await lines(metrics, 'sojourn_sessions_active{')).toEqual([
      'sojourn_sessions_active{workspace="atelier"} 2',
    ])
  })

  test('stay silent while the database is away, and the rest does not', async ({
    database,
    metrics,
  }) => {
    await database.pool.query('ALTER VIEW session_check RENAME TO gone')
    expect(await lines(metrics, 'sojourn_sessions_active{')).toEqual([])
    expect(await lines(metrics, 'process_start_time_seconds')).toHaveLength(1)
  })

  test('say how old the root key is, and when it should be replaced', async ({
    database,
    metrics,
    pass,
  }) => {
    expect(await lines(metrics, 'sojourn_root_key_rotation_due')).toEqual([
      'sojourn_root_key_rotation_due 0',
    ])
    await pass('31d')
    const later = createMetrics({
      ...database,
      rootKeys: ROOT,
      config: { keys: { rootRotation: 30 * DAY } },
      log: createLog('silent'),
    })
    const [age] = await lines(later, 'sojourn_root_key_age_seconds')
    expect(Number(age?.split(' ')[1])).toBeGreaterThanOrEqual(31 * DAY)
    expect(await lines(later, 'sojourn_root_key_rotation_due')).toEqual([
      'sojourn_root_key_rotation_due 1',
    ])
    later.close()
  })

  test('show passwords that wait for their hash', async ({ metrics }) => {
    const hash = Promise.withResolvers<string>()
    const passwords = metrics.metered({
      hash: () => hash.promise,
      verify: async () => true,
      isOutdated: () => false,
    })
    const waiting = [passwords.hash('a'), passwords.hash('b')]
    expect(await lines(metrics, 'sojourn_password_hashes_in_flight ')).toEqual([
      'sojourn_password_hashes_in_flight 2',
    ])
    hash.resolve('')
    await Promise.all(waiting)
    expect(await lines(metrics, 'sojourn_password_hashes_in_flight ')).toEqual([
      'sojourn_password_hashes_in_flight 0',
    ])
  })
})
