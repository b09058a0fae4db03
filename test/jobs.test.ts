import { JOBS, type Job, startJobs } from '../src/jobs.ts'
import { createLog } from '../src/log.ts'
import { followOutcomes, type Outcome } from '../src/monitoring/outcome.ts'
import { expect, type TestDatabase, test } from './support/database.ts'
import { startApp } from './support/server.ts'

/** The services of one node, as far as jobs of tests know them. */
function node({ pool }: TestDatabase) {
  const lines: Record<string, unknown>[] = []
  return { pool, log: createLog('debug', { write: (line) => lines.push(JSON.parse(line)) }), lines }
}

function job(name: string, run: () => Promise<unknown>): Job<ReturnType<typeof node>> {
  return { name, every: 0.02, run }
}

test.describe('recurring work', () => {
  test('runs in one of two nodes at a time', async ({ database }) => {
    let running = 0
    let most = 0
    let runs = 0
    const alone = job('alone', async () => {
      runs += 1
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 20))
      running -= 1
    })
    const nodes = [startJobs(node(database), [alone]), startJobs(node(database), [alone])]
    await expect.poll(() => runs).toBeGreaterThan(5)
    await Promise.all(nodes.map((each) => each.stop()))
    expect(most).toBe(1)
  })

  test('that fails is logged, told, and comes again', async ({ database }) => {
    const told: Outcome[] = []
    const unfollow = followOutcomes((outcome) => told.push(outcome))
    const one = node(database)
    let runs = 0
    const failing = job('failing', async () => {
      runs += 1
      throw new Error(`run ${runs}`)
    })
    const jobs = startJobs(one, [failing])
    await expect.poll(() => runs).toBeGreaterThan(2)
    await jobs.stop()
    unfollow()
    expect(one.lines[0]).toMatchObject({ level: 50, job: 'failing', err: { message: 'run 1' } })
    expect(told[0]).toMatchObject({ kind: 'job', job: 'failing', outcome: 'failed' })
  })

  test('is waited for when it is stopped, and begins nothing more', async ({ database }) => {
    let begun = 0
    let done = 0
    const slow = job('slow', async () => {
      begun += 1
      await new Promise((resolve) => setTimeout(resolve, 50))
      done += 1
    })
    const jobs = startJobs(node(database), [
      slow,
      { ...slow, name: 'everywhere', everywhere: true },
    ])
    await expect.poll(() => begun).toBeGreaterThan(0)
    await jobs.stop()
    const after = begun
    expect(done).toBe(begun)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(begun).toBe(after)
  })
})

test.describe('the work of a server', () => {
  test('ends what time has ended, and tells each cause', async ({ database }) => {
    const told: Outcome[] = []
    const unfollow = followOutcomes((outcome) => told.push(outcome))
    const app = await startApp(database)
    await database.pool.query(
      `INSERT INTO workspace (id, slug, name) VALUES (gen_random_uuid(), 'w', 'W')`,
    )
    for (const idle of [60, 86_400])
      await database.pool.query(
        `INSERT INTO session (id, kind, workspace_id, secret_wrapped, created_at, last_seen_at, absolute_end_at, idle_timeout)
         SELECT gen_random_uuid(), 'service', id, '', now(), now(), now() + interval '1 hour', $1 FROM workspace`,
        [idle],
      )
    await database.pass('2h')
    const sweep = JOBS.find(({ name }) => name === 'sessions.sweep')
    await sweep?.run(app.services)
    await app.close()
    unfollow()
    const causes = told.filter(({ kind }) => kind === 'session.ended').map(({ cause }) => cause)
    expect(causes.sort()).toEqual(['absolute', 'idle'])
  })

  test('tells what clean-up removed and what it left', async ({ database }) => {
    const told: Outcome[] = []
    const unfollow = followOutcomes((outcome) => told.push(outcome))
    const app = await startApp(database)
    await database.pool.query(`INSERT INTO replay VALUES ('a', now()), ('b', now())`)
    await database.pass('2h')
    const holder = await database.pool.connect()
    await holder.query(`BEGIN; SELECT FROM replay WHERE hash = 'a' FOR UPDATE`)
    await JOBS.find(({ name }) => name === 'database.purge')?.run(app.services)
    await holder.query('ROLLBACK')
    holder.release()
    await app.close()
    unfollow()
    expect(told.find(({ kind }) => kind === 'cleanup')).toMatchObject({
      removed: { replays: 1, sessions: 0 },
      waiting: { replays: 1, sessions: 0, expired_sessions: 0 },
    })
  })

  test('does all of its jobs on an empty database', async ({ database }) => {
    const app = await startApp(database)
    for (const { name, run } of JOBS) await expect(run(app.services), name).resolves.not.toThrow()
    await app.close()
  })
})
