import { refresh, signIn, userinfo } from '../support/relying-party.ts'
import {
  endsOf,
  expect,
  type Given,
  type House,
  PUBLIC,
  partyOf,
  passInUse,
  type SignedIn,
  scattered,
  signedIn,
  signedInElsewhere,
  test,
  tokensOf,
} from './house.ts'

test.describe('refreshing at once', () => {
  for (const [kind, metadata] of [
    ['confidential', {}],
    ['public', PUBLIC],
  ] as const) {
    test(`50 times with one token of a ${kind} client gives 50 times the same successor`, async ({
      house,
      given,
    }) => {
      const { user, party, tokens } = await signedIn(house, given, metadata)

      // Within a process one goes ahead and the others follow it.
      const meeting = { at: 'families_advance', count: 2 }
      const answers = await scattered(house, { party, count: 50, meeting }, (to) =>
        refresh(to, tokens.refresh),
      )

      expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
      const successors = new Set(answers.map(({ body }) => body.refresh_token))
      expect(successors.size).toBe(1)
      const { rows } = await house.database.pool.query(FAMILIES, [user.id])
      expect(rows).toEqual([{ generation: 1 }])
      const [successor] = successors
      expect((await refresh(party, String(successor))).status).toBe(200)
    })
  }

  test('in two tabs, each with a code of its own, never logs either out', async ({
    house,
    given,
  }) => {
    const { party, browser, tokens } = await signedIn(house, given, PUBLIC)
    const other = tokensOf((await signIn(party, browser)).body)
    expect(other.sid).toBe(tokens.sid)

    const tabs = [tokens.refresh, other.refresh]
    const statuses: number[] = []
    for (let turn = 0; turn < 40; turn++) {
      const via = house.nodes[turn % 3 === 0 ? 0 : 1]
      const answer = await refresh({ ...party, via }, tabs[turn % 2]!)
      statuses.push(answer.status)
      tabs[turn % 2] = String(answer.body.refresh_token)
    }
    expect(statuses).toEqual(Array(40).fill(200))
  })
})

const FAMILIES = `SELECT f.generation FROM family f JOIN session s ON s.id = f.session_id
  WHERE s.user_id = $1`

test.describe('a refresh token that was replaced', () => {
  test('of a public client, used by many after the window, ends exactly its session', async ({
    house,
    given,
  }) => {
    const person = await signedIn(house, given, PUBLIC)
    await refresh(person.party, person.tokens.refresh)

    await house.database.pass('31s')

    await endsExactlyThis(house, given, person)
  })

  test('of a confidential client is good until its successor is presented, then it is reuse', async ({
    house,
    given,
  }) => {
    const person = await signedIn(house, given)
    const { party, tokens } = person
    const first = await refresh(party, tokens.refresh)
    await passInUse(house, person, '1h')
    const again = await refresh(party, tokens.refresh)
    expect(again.status).toBe(200)
    expect(again.body.refresh_token).toBe(first.body.refresh_token)

    expect((await refresh(party, String(first.body.refresh_token))).status).toBe(200)

    await endsExactlyThis(house, given, person)
  })

  test('does nothing in the hands of another client', async ({ house, given }) => {
    const { user, party, tokens } = await signedIn(house, given, PUBLIC)
    const next = await refresh(party, tokens.refresh)
    await house.database.pass('31s')
    const stranger = partyOf(house, await given.client(PUBLIC))

    expect((await refresh(stranger, tokens.refresh)).status).toBe(400)

    expect(await endsOf(house, { user })).toEqual([])
    expect((await refresh(party, String(next.body.refresh_token))).status).toBe(200)
  })

  test('of a public client is refused on another device inside the window, and ends nothing', async ({
    house,
    given,
  }) => {
    const { user, party, tokens } = await signedIn(house, given, PUBLIC)
    await refresh(party, tokens.refresh, {}, { 'user-agent': 'Mine/1' })

    const elsewhere = await refresh(party, tokens.refresh, {}, { 'user-agent': 'Thief/1' })
    const here = await refresh(party, tokens.refresh, {}, { 'user-agent': 'Mine/1' })

    expect(elsewhere.body.error).toBe('invalid_grant')
    expect(here.status).toBe(200)
    const told = await house.database.pool.query(TOLD_ELSEWHERE, [party.clientId])
    expect(told.rows).toHaveLength(1)
    expect(await endsOf(house, { user })).toEqual([])
  })

  test('tried again and again on another device, is told once a minute', async ({
    house,
    given,
  }) => {
    const { party, tokens } = await signedIn(house, given, PUBLIC)
    await refresh(party, tokens.refresh, {}, { 'user-agent': 'Mine/1' })

    const tries = await scattered(house, { party, count: 30 }, (to) =>
      refresh(to, tokens.refresh, {}, { 'user-agent': 'Thief/1' }),
    )

    expect(tries.map(({ status }) => status)).toEqual(Array(30).fill(400))
    const told = await house.database.pool.query(TOLD_ELSEWHERE, [party.clientId])
    // Two where the minute turned meanwhile.
    expect([1, 2]).toContain(told.rows.length)
  })
})

const TOLD_ELSEWHERE = `SELECT FROM entry
  WHERE action = 'family.presented_elsewhere' AND actor_id = $1`

/** The first token comes back 100 times, at both processes: none succeeds and one session ends, once. */
async function endsExactlyThis(house: House, given: Given, person: SignedIn): Promise<void> {
  const { user, party, tokens } = person
  const sameLogin = await signedInElsewhere(house, given, person)
  const browser = await given.browser(user)
  const otherLogin = await signedInElsewhere(house, given, { user, browser })
  expect((await userinfo(party, tokens.access)).status).toBe(200)

  const meeting = { at: 'sessions_lock_ids', count: 20 }
  const replays = await scattered(house, { party, count: 100, meeting }, (to) =>
    refresh(to, tokens.refresh),
  )

  expect(replays.map(({ status }) => status)).toEqual(Array(100).fill(400))
  expect(new Set(replays.map(({ body }) => body.error))).toEqual(new Set(['invalid_grant']))
  const entries = [{ cause: 'reuse', told_from_where: true }]
  expect(await endsOf(house, person)).toEqual([{ cause: 'reuse', entries }])
  expect((await userinfo(party, tokens.access)).status).toBe(401)
  for (const live of [sameLogin, otherLogin])
    expect((await refresh(live.party, live.tokens.refresh)).status).toBe(200)
}

test.describe('a refresh that fails', () => {
  for (const [kind, metadata] of [
    ['confidential', {}],
    ['public', PUBLIC],
  ] as const)
    test(`for a forbidden resource leaves the token of a ${kind} client as good as it was`, async ({
      house,
      given,
    }) => {
      const person = await signedIn(house, given, metadata)
      const { party, tokens } = person

      const resource = 'https://nowhere.example/'
      const refused = await scattered(house, { party, count: 2 }, (to) =>
        refresh(to, tokens.refresh, { resource }),
      )
      expect(refused.map(({ body }) => body.error)).toEqual(Array(2).fill('invalid_target'))
      await passInUse(house, person, '2h')

      const { rows } = await house.database.pool.query(FAMILIES, [person.user.id])
      expect(rows).toEqual([{ generation: 0 }])
      expect((await refresh(party, tokens.refresh)).status).toBe(200)
    })

  test('because the row is older than the token is refused and ends nothing', async ({
    house,
    given,
  }) => {
    const { user, party, tokens } = await signedIn(house, given)
    const { body } = await refresh(party, tokens.refresh)
    await house.database.pool.query(GO_BACK, [user.id])

    expect((await refresh(party, String(body.refresh_token))).body.error).toBe('invalid_grant')
    expect(await endsOf(house, { user })).toEqual([])
  })
})

const GO_BACK = `UPDATE family SET generation = 0 FROM session s
  WHERE s.id = session_id AND s.user_id = $1`
