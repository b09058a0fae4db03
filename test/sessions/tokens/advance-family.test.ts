import { statements } from '../../../src/database/pool.ts'
import type { FamilyId } from '../../../src/ids.ts'
import { endSession } from '../../../src/sessions/ending/end.ts'
import { createAdvanceFamily } from '../../../src/sessions/tokens/advance-family.ts'
import { type Place, placeOn, redeemed, sessionOf } from '../place.ts'
import { expect, type Stage, somebodyWaits, test } from '../stage.ts'

const HERE = Buffer.alloc(16, 1)
const ELSEWHERE = Buffer.alloc(16, 2)

async function familyIn(place: Place): Promise<FamilyId> {
  await redeemed(place, await place.ask())
  const text = 'SELECT id FROM family WHERE session_id = $1 ORDER BY id DESC LIMIT 1'
  const { rows } = await place.stage.database.pool.query(text, [await sessionOf(place)])
  return rows[0].id
}

const step = (familyId: FamilyId, generation = 0, by = HERE) => ({
  familyId,
  generation,
  by,
  graceSeconds: 30,
})

async function generations({ database }: Stage, ids: readonly FamilyId[]): Promise<number[]> {
  const text = 'SELECT id, generation FROM family WHERE id = ANY($1)'
  const { rows } = await database.pool.query(text, [ids])
  return ids.map((id) => rows.find((row) => row.id === id).generation)
}

test.describe('moving families on', () => {
  test('takes one statement for all that come at once', async ({ stage }) => {
    const place = await placeOn(stage)
    const ids: FamilyId[] = []
    for (let at = 0; at < 5; at += 1) ids.push(await familyIn(place))
    const advance = createAdvanceFamily(stage.node.services)
    const sent: string[] = []
    const heard = (message: unknown) => {
      const { text } = message as { text: string }
      if (text.includes('UPDATE family')) sent.push(text)
    }

    statements.subscribe(heard)
    const results = await Promise.all(ids.map((id) => advance(step(id))))
    statements.unsubscribe(heard)

    expect(results).toEqual(Array(5).fill('advanced'))
    expect(sent).toHaveLength(1)
    expect(await generations(stage, ids)).toEqual([1, 1, 1, 1, 1])
  })

  test('lets one refusal refuse no other', async ({ stage }) => {
    const [standing, ended] = [await placeOn(stage), await placeOn(stage)]
    const [first, second] = [await familyIn(standing), await familyIn(ended)]
    await endSession(stage.ender, await sessionOf(ended), {
      cause: 'administrator',
      by: { kind: 'operator' },
    })
    const advance = createAdvanceFamily(stage.node.services)

    const results = await Promise.all([first, second].map((id) => advance(step(id))))

    expect(results).toEqual(['advanced', 'refused'])
    expect(await generations(stage, [first, second])).toEqual([1, 0])
  })

  test('is done once for each token, whoever asks', async ({ stage }) => {
    const family = await familyIn(await placeOn(stage))
    await stage.database.pool.query('UPDATE family SET bound = false WHERE id = $1', [family])
    const nodes = [createAdvanceFamily(stage.node.services), createAdvanceFamily(stage.ender)]

    const here = nodes.flatMap((advance) => Array.from({ length: 10 }, () => advance(step(family))))
    const elsewhere = nodes.map((advance) => advance(step(family, 0, ELSEWHERE)))

    const results = await Promise.all(here)
    expect(results.filter((result) => result === 'advanced')).toHaveLength(1)
    expect(results.filter((result) => result === 'refused')).toEqual([])
    expect(await Promise.all(elsewhere)).toEqual(['refused', 'refused'])
    expect(await generations(stage, [family])).toEqual([1])
    expect(await nodes[0]!(step(family))).toBe('grace')
    expect(await nodes[0]!(step(family, 1))).toBe('advanced')
    expect(await nodes[0]!(step(family))).toBe('refused')
  })

  test('waits for who holds a family, and lets the others go on', async ({ stage }) => {
    const place = await placeOn(stage)
    const [held, free] = [await familyIn(place), await familyIn(place)]
    const advance = createAdvanceFamily(stage.node.services)
    const holder = await stage.database.pool.connect()
    await holder.query('BEGIN')
    await holder.query('SELECT FROM family WHERE id = $1 FOR UPDATE', [held])

    const waiting = advance(step(held))
    expect(await advance(step(free))).toBe('advanced')
    await somebodyWaits(stage, waiting)
    await holder.query('COMMIT')
    holder.release()

    expect(await waiting).toBe('advanced')
    expect(await generations(stage, [held, free])).toEqual([1, 1])
  })

  test('is in time when who held the family has moved it', async ({ stage }) => {
    const family = await familyIn(await placeOn(stage))
    const advance = createAdvanceFamily(stage.node.services)
    const holder = await stage.database.pool.connect()
    await holder.query('BEGIN')
    await holder.query(
      'UPDATE family SET generation = 1, rotated_at = now(), rotated_by = $2 WHERE id = $1',
      [family, HERE],
    )

    const waiting = advance(step(family))
    await somebodyWaits(stage, waiting)
    await holder.query('COMMIT')
    holder.release()

    expect(await waiting).toBe('grace')
    expect(await generations(stage, [family])).toEqual([1])
  })
})
