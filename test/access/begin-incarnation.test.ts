import { beginIncarnation } from '../../src/access/begin-incarnation.ts'
import { renewIncarnation, unclearedIncarnation } from '../../src/keys/incarnation.ts'
import { sweep } from '../../src/sessions/ending/sweep.ts'
import { authorize, introspect, refresh, signIn } from '../support/relying-party.ts'
import { expect, type Given, givenOn, type Node, startNode, test } from '../support/world.ts'

const by = { kind: 'operator' } as const

/** Somebody at work in an application that wants to hear of the end. */
async function atWork(node: Node, given: Given) {
  const ada = await given.user()
  const workspace = await given.workspace(ada)
  const client = await given.client({ backchannel_logout_uri: 'https://rp.example/out' })
  await given.consent(ada, workspace, client)
  const party = { issuer: node.issuer, clientId: client.clientId, secret: client.secret }
  const browser = await given.browser(ada)
  const { body } = await signIn(party, browser)
  return { ada, party, browser, body: body as Readonly<Record<string, string>> }
}

const MARKS = `
  SELECT (SELECT array_agg(DISTINCT end_cause) FROM session) AS sessions,
    (SELECT array_agg(DISTINCT end_cause) FROM login) AS logins,
    (SELECT count(*)::int FROM session WHERE secret_wrapped IS NOT NULL) AS keys,
    (SELECT count(*)::int FROM delivery) AS deliveries,
    (SELECT array_agg(DISTINCT actor_kind) FROM entry WHERE action = 'session.ended') AS actors`

test.describe('a new incarnation', () => {
  test('makes void whatever was made before, and tells who relied on it', async ({
    node,
    given,
    database,
  }) => {
    const { party, body } = await atWork(node, given)
    const ended = await beginIncarnation(node.services, by)

    expect(ended).toHaveLength(1)
    expect((await database.pool.query(MARKS)).rows).toEqual([
      {
        sessions: ['restored'],
        logins: ['restored'],
        keys: 0,
        deliveries: 1,
        actors: ['operator'],
      },
    ])
    const again = await startNode(database)
    const later = { ...party, issuer: again.issuer }
    expect((await introspect(later, body.access_token!)).body).toEqual({ active: false })
    expect((await refresh(later, body.refresh_token!)).body.error).toBe('invalid_grant')
    await again.close()
  })

  test('voids also what nobody has marked as ended', async ({ node, given, database }) => {
    const { party, browser, body } = await atWork(node, given)
    await renewIncarnation(database.db, by)
    const again = await startNode(database)
    const later = { ...party, issuer: again.issuer }

    expect((await introspect(later, body.access_token!)).body).toEqual({ active: false })
    expect((await refresh(later, body.refresh_token!)).body.error).toBe('invalid_grant')
    const { params } = await authorize(later, browser, { prompt: 'none' })
    expect(params.get('error')).toBe('login_required')
    await again.close()
  })

  test('keeps people, clients and consents, who go on from there', async ({
    node,
    given,
    database,
  }) => {
    const { ada, party } = await atWork(node, given)
    await beginIncarnation(node.services, by)
    const again = await startNode(database)
    const later = { ...party, issuer: again.issuer }
    const { status, body } = await signIn(later, await givenOn(again).browser(ada))

    expect(status).toBe(200)
    expect((await introspect(later, String(body.access_token))).body.active).toBe(true)
    await again.close()
  })

  test('is finished by the sweep where its command died, and spares what came after', async ({
    node,
    given,
    database,
  }) => {
    await atWork(node, given)
    await renewIncarnation(database.db, by)
    await atWork(node, given)
    const ended = await sweep(node.services)

    expect(ended.map(({ cause }) => cause)).toEqual(['restored'])
    expect(await unclearedIncarnation(database.db)).toBeNull()
    expect(await sweep(node.services)).toEqual([])
    const { rows } = await database.pool.query(
      'SELECT count(*)::int AS live FROM session WHERE ended_at IS NULL',
    )
    expect(rows).toEqual([{ live: 1 }])
  })
})
