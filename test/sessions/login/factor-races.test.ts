import { expect, clusterTest as test } from '../../support/world.ts'
import { addFactorsOf, logInOn, type Second } from './factor-place.ts'

/** Each is shown by five browsers at once, whose passwords were right, on two server processes. */
const ONCE: Record<string, Second> = {
  'a code of an authenticator app': ({ code }) => ({ code }),
  'a recovery code': ({ recovery }) => ({ recovery }),
}

for (const [name, second] of Object.entries(ONCE))
  test(`${name} lets one of five in who show it at once to two servers`, async ({ cluster }) => {
    const person = await addFactorsOf(cluster)
    const browsers = await Promise.all(
      [0, 1, 0, 1, 0].map((at) => logInOn(cluster, cluster.nodes[at]!, person)),
    )
    const answers = await Promise.all(browsers.map((browser) => browser.show(second(person))))

    expect(answers.map(({ status }) => status).sort()).toEqual([303, 401, 401, 401, 401])
    const { rows } = await cluster.services.pool.query('SELECT acr FROM login')
    expect(rows).toEqual([{ acr: 'urn:sojourn:aal2' }])
  })

test('a factor is not added by a login that is ended at the same moment', async ({ cluster }) => {
  for (let round = 0; round < 10; round += 1) {
    const person = await addFactorsOf(cluster, { factors: 'none' })
    const browser = await logInOn(cluster, cluster.nodes[round % 2]!, person)
    const [added] = await Promise.all([browser.addApp(), person.endAll()])
    const { rows } = await cluster.services.pool.query(
      `SELECT f.created_at < u.ended_before AS before FROM factor f JOIN "user" u ON u.id = f.user_id
       WHERE u.id = $1`,
      [person.userId],
    )
    // Either it came first, or it did not come.
    expect(rows).toEqual(added.status === 200 ? [{ before: true }] : [])
  }
})

test('of a password and the first factor at once, no login is left with the password alone', async ({
  cluster,
}) => {
  for (let round = 0; round < 10; round += 1) {
    const person = await addFactorsOf(cluster, { factors: 'none' })
    const owner = await logInOn(cluster, cluster.nodes[0]!, person)
    const [added] = await Promise.all([
      owner.addApp(),
      ...[1, 0, 1].map((at) => logInOn(cluster, cluster.nodes[at]!, person)),
    ])
    expect(added.status).toBe(200)
    const { rows } = await cluster.services.pool.query(
      `SELECT l.id FROM login l JOIN factor f ON f.user_id = l.user_id
       WHERE l.user_id = $1 AND l.acr = 'urn:sojourn:aal1' AND l.auth_time > f.created_at`,
      [person.userId],
    )
    expect(rows).toEqual([])
  }
})
