import { formatId } from '../../../src/ids.ts'
import { expect, personIn, serviceIn, test } from './stage.ts'

test.describe("a person's own sessions", () => {
  test('come page by page, the one of the token marked', async ({ node, given }) => {
    const { api, user, workspace } = await personIn({ node, given })
    await copies(node.services.pool, user.id, 501)

    const seen: (readonly [string, boolean])[] = []
    let cursor: unknown = null
    do {
      const at = cursor === null ? '' : `&cursor=${cursor}`
      const { body } = await api.call('GET', `/me/sessions?limit=200${at}`)
      for (const one of body.sessions) {
        expect(one.workspace_id).toBe(formatId('wsp', workspace.id))
        seen.push([one.session_id, one.current === true])
      }
      cursor = body.next_cursor
    } while (cursor !== null)
    expect(new Set(seen.map(([id]) => id)).size).toBe(502)
    expect(seen.filter(([, isCurrent]) => isCurrent)).toHaveLength(1)
  })

  test('end but for this one, also when there are more than one batch', async ({ node, given }) => {
    const { api, user } = await personIn({ node, given })
    await copies(node.services.pool, user.id, 501)
    const { body } = await api.call('POST', '/me/sessions/others/termination', {})
    expect(body.ended).toHaveLength(501)
    const left = await api.call('GET', '/me/sessions')
    expect(left.body.sessions.map(({ current }) => current)).toEqual([true])
  })

  test('begin with a login and not here', async ({ node, given }) => {
    const { api } = await personIn({ node, given })
    const refused = await api.call('POST', '/me/sessions', {})
    expect([refused.status, refused.body.code]).toEqual([403, 'permission_denied'])
  })

  test('end by their identifier only after a recent proof, whatever the scope', async ({
    node,
    given,
  }) => {
    const { api } = await personIn({ node, given })
    const { body } = await api.call('GET', '/me/sessions')
    const id = body.sessions[0]!.session_id
    await node.services.pool.query(`UPDATE login SET auth_time = auth_time - interval '11 minutes'`)
    for (const path of [`/me/sessions/${id}`, `/sessions/${id}`])
      expect((await api.call('DELETE', path)).body.code).toBe('step_up_required')
  })
})

interface Pool {
  query(text: string, values: readonly unknown[]): Promise<unknown>
}

/** As many more sessions as the one that the person has, outside of any login. */
async function copies(pool: Pool, userId: string, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO session (id, kind, workspace_id, user_id, epoch_id, secret_wrapped, created_at,
        last_seen_at, absolute_end_at, idle_timeout)
      SELECT gen_random_uuid(), 'api', s.workspace_id, s.user_id, s.epoch_id, s.secret_wrapped,
        s.created_at, s.last_seen_at, s.absolute_end_at, s.idle_timeout
      FROM session s, generate_series(1, $2) WHERE s.user_id = $1`,
    [userId, count],
  )
}

test('a session of a browser is found by its address, and by no other', async ({ node, given }) => {
  const { workspace } = await personIn({ node, given })
  const api = await serviceIn({ node, given }, [workspace])
  const found = async (address: string) =>
    (await api.call('GET', `/sessions?address=${address}`)).body.sessions.map(({ kind }) => kind)
  expect(await found('127.0.0.1')).toEqual(['login'])
  expect(await found('::ffff:127.0.0.1')).toEqual(['login'])
  expect(await found('127.0.0.2')).toEqual([])
})

test('sessions are found by the device that they were told', async ({ node, given }) => {
  const user = await given.user()
  const api = await serviceIn({ node, given }, [await given.workspace(user)])
  const make = (context: object) =>
    api.call('POST', '/sessions', { user_id: formatId('usr', user.id), context })
  const { body } = await make({ device_id: 'device-1' })
  await make({ device_id: 'device-2' })
  await make({})
  const found = await api.call('GET', '/sessions?device=device-1')
  expect(found.body.sessions.map(({ session_id }) => session_id)).toEqual([body.session.session_id])
})
