import { visitOn } from '../../sessions/place.ts'
import { expect, test } from '../../sessions/stage.ts'

test('an answer to a request that ended meanwhile does not bring it back', async ({ stage }) => {
  const visit = await visitOn(stage)
  const { page } = await visit.ask()
  const held = stage.proxy.hold('artifacts_change')
  const answered = visit.logIn(page)
  await held.reached
  const { pool } = stage.database
  await pool.query(`DELETE FROM artifact WHERE model = 'Interaction'`)
  held.release()

  const { status, html } = await answered
  expect(status).toBe(400)
  expect(html).toContain('form_expired')
  const { rows } = await pool.query(`SELECT FROM artifact WHERE model = 'Interaction'`)
  expect(rows).toHaveLength(0)
})
