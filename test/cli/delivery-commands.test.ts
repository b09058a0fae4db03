import { formatId, newId } from '../../src/ids.ts'
import { type GivenDelivery, givenDelivery } from '../revocation/given.ts'
import { test as base, expect, json } from './fixture.ts'

const CLIENT =
  'client create --name N --redirect-uri https://n.example/cb --backchannel-logout-uri https://n.example/out --id'

interface Left {
  readonly billing: GivenDelivery
  readonly notes: GivenDelivery
  readonly pending: GivenDelivery
}

/** What ends of sessions left for two clients: one token set aside for each, and one on its way. */
const test = base.extend<{ left: Left }>({
  left: async ({ sojourn, database: { db, pool } }, use) => {
    for (const name of ['billing', 'notes']) await sojourn(`${CLIENT} ${name}`)
    const { rows } = await pool.query('SELECT id FROM client ORDER BY client_id')
    const left = {
      billing: await givenDelivery(db, rows[0].id),
      notes: await givenDelivery(db, rows[1].id),
      pending: await givenDelivery(db, rows[1].id),
    }
    await pool.query(
      `UPDATE delivery SET state = 'set_aside', attempts = 3, last_failure = 'status_400'
       WHERE id <> $1`,
      [left.pending.id],
    )
    await use(left)
  },
})

function dlv({ id }: GivenDelivery): string {
  return formatId('dlv', id)
}

test.describe('delivery list', () => {
  test('shows what nobody has accepted, the oldest first', async ({ sojourn, left }) => {
    const { deliveries } = json(await sojourn('delivery list --json'))
    expect(deliveries).toEqual([
      {
        delivery_id: dlv(left.billing),
        client_id: 'billing',
        session_id: formatId('ses', left.billing.sessionId),
        state: 'set_aside',
        attempts: 3,
        last_failure: 'status_400',
        since: expect.stringMatching(/^\d{4}-.*Z$/),
        next_attempt_at: null,
      },
      expect.objectContaining({ delivery_id: dlv(left.notes), client_id: 'notes' }),
      expect.objectContaining({
        delivery_id: dlv(left.pending),
        state: 'pending',
        last_failure: null,
        next_attempt_at: expect.any(String),
      }),
    ])
    const { out } = await sojourn('delivery list')
    expect(out.split('\n')[0]).toMatch(/^DELIVERY +CLIENT +SESSION +STATE +TRIES +LAST FAILURE/)
    expect(out).toContain('status_400')
  })

  test('shows those of one state or one client', async ({ sojourn, left }) => {
    const listed = async (options: string) =>
      json(await sojourn(`delivery list ${options} --json`)).deliveries.map(
        ({ delivery_id: id }: { delivery_id: string }) => id,
      )
    expect(await listed('--state pending')).toEqual([dlv(left.pending)])
    expect(await listed('--state set_aside --client notes')).toEqual([dlv(left.notes)])
    expect(await listed('--limit 1')).toEqual([dlv(left.billing)])
    expect(JSON.parse((await sojourn('delivery list --client x --json')).err).error).toBe(
      'client_not_found',
    )
    expect((await sojourn('delivery list --state delivered --json')).code).toBe(2)
  })
})

test.describe('delivery send-again', () => {
  const sent = `SELECT actor_kind, subject_id FROM entry WHERE action = 'delivery.sent_again'`

  test('makes one due at once, with an entry', async ({ sojourn, left, database }) => {
    const answer = await sojourn(`delivery send-again ${dlv(left.notes)} --json`)
    expect(json(answer)).toEqual({ sent_again: [dlv(left.notes)] })
    const { deliveries } = json(await sojourn('delivery list --client notes --json'))
    expect(deliveries[0]).toMatchObject({ state: 'pending', attempts: 0 })
    expect((await database.pool.query(sent)).rows).toEqual([
      { actor_kind: 'operator', subject_id: left.notes.id },
    ])
  })

  test('makes all due, or all of one client', async ({ sojourn, left, database }) => {
    const one = json(await sojourn('delivery send-again --all-set-aside --client notes --json'))
    expect(one.sent_again).toEqual([dlv(left.notes)])
    const others = json(await sojourn('delivery send-again --all-set-aside --json'))
    expect(others.sent_again).toEqual([dlv(left.billing)])
    expect(json(await sojourn('delivery send-again --all-set-aside --json')).sent_again).toEqual([])
    expect((await database.pool.query(sent)).rowCount).toBe(2)
  })

  test('refuses what is on its way, what never was, and what is unclear', async ({
    sojourn,
    left,
    database,
  }) => {
    const refusal = async (options: string) => {
      const { code, err } = await sojourn(`delivery send-again ${options} --json`)
      return [code, JSON.parse(err).error]
    }
    expect(await refusal(dlv(left.pending))).toEqual([1, 'conflict'])
    expect(await refusal(formatId('dlv', newId<'dlv'>()))).toEqual([1, 'not_found'])
    expect(await refusal(`${dlv(left.notes)} ${dlv(left.pending)}`)).toEqual([1, 'conflict'])
    expect((await database.pool.query(sent)).rowCount).toBe(0)
    expect(await refusal('dlv_x')).toEqual([1, 'not_found'])
    expect(await refusal('')).toEqual([2, 'usage'])
    expect(await refusal(`${dlv(left.notes)} --all-set-aside`)).toEqual([2, 'usage'])
    expect(await refusal(`${dlv(left.notes)} --client notes`)).toEqual([2, 'usage'])
  })
})
