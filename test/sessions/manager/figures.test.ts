import { JOBS } from '../../../src/jobs.ts'
import { managedOn } from '../../sdk/managed.ts'
import { openStatementProxy } from '../../support/statement-proxy.ts'
import { clusterTest, expect, startNode, test } from '../../support/world.ts'

test.describe('counters that are written behind', () => {
  test('hold nobody up, and lose nothing by it', async ({ database }) => {
    const proxy = await openStatementProxy(database.url)
    const node = await startNode(database, '', proxy.url)
    const { sessions } = await managedOn(node)
    const { sessionToken } = await sessions.createSession('user123')
    await sessions.validateSession(sessionToken)

    const write = proxy.hold('session_figures_add')
    const flush = node.services.figures.flush()
    await write.reached
    for (let count = 0; count < 50; count += 1)
      expect(await sessions.validateSession(sessionToken)).toMatchObject({ isValid: true })
    write.release()
    await flush
    await node.services.figures.flush()
    const { validations } = await sessions.getSessionAnalytics(sessionToken)
    expect(validations).toBe(51)
    await node.close()
    await proxy.close()
  })

  test('hold nobody up when they cannot be written at all', async ({ node, database }) => {
    const { sessions } = await managedOn(node)
    const { sessionToken } = await sessions.createSession('user123')
    await database.pool.query('ALTER TABLE session_figures RENAME TO away')
    await sessions.validateSession(sessionToken)
    await expect(node.services.figures.flush()).rejects.toThrow()
    expect(await sessions.validateSession(sessionToken)).toMatchObject({ isValid: true })
    await database.pool.query('ALTER TABLE away RENAME TO session_figures')
    await node.services.figures.flush()
    const { validations } = await sessions.getSessionAnalytics(sessionToken)
    expect(validations).toBe(2)
  })

  test('are written so often that a crash loses five seconds of them at the most', () => {
    for (const name of ['sessions.flush', 'sessions.flush-figures']) {
      const job = JOBS.find((one) => one.name === name)
      expect(job?.everywhere).toBe(true)
      // Jobs come by a fifth later than they should at the most.
      expect(Number(job?.every) * 1.2).toBeLessThan(5)
    }
  })
})

clusterTest('a killed process loses what it had not written, and no more', async ({ cluster }) => {
  const [first] = cluster.processes
  const { manager } = await managedOn(cluster)
  const sessions = manager()
  const { sessionToken } = await sessions.createSession('user123')
  const counted = async () => (await sessions.getSessionAnalytics(sessionToken)).validations
  for (let count = 0; count < 20; count += 1) await sessions.validateSession(sessionToken)
  // Nobody asks it to: this is its own recurring work.
  await expect.poll(counted).toBe(20)

  await sessions.validateSession(sessionToken)
  first.kill('SIGKILL')
  await first.ended
  await cluster.restartFirst()
  expect([20, 21]).toContain(await counted())
  expect(await sessions.validateSession(sessionToken)).toMatchObject({ isValid: true })
  await expect.poll(counted).toBeGreaterThan(20)
})
