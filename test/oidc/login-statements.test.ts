import { statements } from '../../src/database/pool.ts'
import { type Asked, heldIn, placeOn, redeemed, visitOn } from '../sessions/place.ts'
import { expect, type Stage, test } from '../sessions/stage.ts'
import { authorizationRequest, send } from '../support/relying-party.ts'

/** The statements that were sent meanwhile, with those that begin and commit a transaction. */
async function sentDuring(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = []
  const heard = (message: unknown) => sent.push((message as { text: string }).text.trim())
  statements.subscribe(heard)
  await work().finally(() => statements.unsubscribe(heard))
  return sent
}

const writes = (text: string) => /\b(INSERT|UPDATE|DELETE|BEGIN|COMMIT)\b/.test(text)

/** Everything has been seen once: the client is known, and the workspace has its key. */
async function warmedUp(stage: Stage) {
  const place = await placeOn(stage)
  await redeemed(place, await place.ask())
  return place
}

test.describe('a login costs', () => {
  test('a read and a write to be asked for', async ({ stage }) => {
    const { party } = await warmedUp(stage)
    const { path } = authorizationRequest(party)
    const sent = await sentDuring(async () =>
      expect((await send(party, { method: 'GET', path, headers: {} })).status).toBe(303),
    )
    expect(sent, sent.join('\n')).toHaveLength(2)
    expect(sent.filter(writes)).toHaveLength(1)
  })

  test('four reads and a write to be resumed with a new session, by who brings an old cookie', async ({
    stage,
  }) => {
    const first = await visitOn(stage)
    const begun = await first.ask()
    await first.logIn(begun.page)
    const { rows } = await stage.database.pool.query(
      'SELECT count(*)::int FROM epoch_key WHERE workspace_id = $1',
      [first.workspace.id],
    )
    expect(rows[0].count).toBe(1)

    await stage.database.pool.query('UPDATE login SET cookie_hash = NULL WHERE user_id = $1', [
      first.user.id,
    ])
    const { page, verifier } = await first.ask()
    let asked: Asked | null = null
    const sent = await sentDuring(async () => {
      asked = { url: (await first.logIn(page)).url, verifier }
    })

    expect(heldIn(asked!).code).toBeDefined()
    const answered = sent.findLastIndex((text) => text.includes('UPDATE artifact a SET payload'))
    const resumed = sent.slice(answered + 1)
    expect(resumed, resumed.join('\n')).toHaveLength(5)
    expect(resumed.filter(writes)).toHaveLength(1)
  })

  test('three reads and a write by single sign-on', async ({ stage }) => {
    const place = await warmedUp(stage)
    const sent = await sentDuring(() => place.ask())
    expect(sent, sent.join('\n')).toHaveLength(4)
    expect(sent.filter(writes)).toHaveLength(1)
  })

  test('a read and a write for its code', async ({ stage }) => {
    const place = await warmedUp(stage)
    const asked = await place.ask()
    const sent = await sentDuring(() => redeemed(place, asked))
    expect(sent, sent.join('\n')).toHaveLength(2)
    expect(sent.filter(writes)).toHaveLength(1)
  })
})
