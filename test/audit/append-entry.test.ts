import { changeAndTell } from '../../src/audit/append-entry.ts'
import { newId } from '../../src/ids.ts'
import { expect, test } from '../support/database.ts'

const ENTRY = {
  action: 'workspace.renamed',
  actor: { kind: 'operator' },
  subject: { kind: 'workspace', id: 'x' },
  detail: { why: 'a test' },
} as const
const RENAME = {
  name: 'test_rename',
  text: 'UPDATE workspace SET name = $2 WHERE id = $1 RETURNING name',
}

test.describe('a change that tells of itself', () => {
  test('writes its entry with it', async ({ database: { db, pool } }) => {
    const id = newId<'wsp'>()
    await pool.query(`INSERT INTO workspace (id, slug, name) VALUES ($1, 'a', 'A')`, [id])

    const row = await changeAndTell(db, { statement: RENAME, values: [id, 'B'] }, ENTRY)

    expect(row).toEqual({ name: 'B' })
    const { rows } = await pool.query('SELECT action, actor_kind, subject_id, detail FROM entry')
    expect(rows).toEqual([
      {
        action: 'workspace.renamed',
        actor_kind: 'operator',
        subject_id: 'x',
        detail: { why: 'a test' },
      },
    ])
  })

  test('tells nothing where nothing was changed', async ({ database: { db, pool } }) => {
    const values = [newId<'wsp'>(), 'B']

    expect(await changeAndTell(db, { statement: RENAME, values }, ENTRY)).toBeNull()

    expect((await pool.query('SELECT FROM entry')).rowCount).toBe(0)
  })

  test('does not happen when it cannot be told', async ({ database: { db, pool } }) => {
    const id = newId<'wsp'>()
    await pool.query(`INSERT INTO workspace (id, slug, name) VALUES ($1, 'a', 'A')`, [id])
    const untold = { ...ENTRY, action: null as never }

    const change = changeAndTell(db, { statement: RENAME, values: [id, 'B'] }, untold)

    await expect(change).rejects.toThrow(/null value/)
    expect((await pool.query('SELECT name FROM workspace')).rows).toEqual([{ name: 'A' }])
  })
})
