import { formatId } from '../../src/ids.ts'
import { archiveWorkspace } from '../../src/workspaces/archive-workspace.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'
import { findWorkspace } from '../../src/workspaces/find-workspace.ts'
import { expect, OPERATOR, test } from './fixture.ts'

test.describe('creating a workspace', () => {
  test('makes one that is found by its id and its slug', async ({ database: { db } }) => {
    const acme = await createWorkspace(db, { slug: 'acme', name: 'Acme Inc.', by: OPERATOR })

    expect(acme).toMatchObject({ slug: 'acme', name: 'Acme Inc.', state: 'active' })
    expect(await findWorkspace(db, 'acme')).toEqual(acme)
    expect(await findWorkspace(db, formatId('wsp', acme.id))).toEqual(acme)
  })

  test('gives a slug to one of many at once', async ({ database: { db, pool } }) => {
    const outcomes = await Promise.allSettled(
      ['A', 'B', 'C', 'D'].map((name) => createWorkspace(db, { slug: 'acme', name, by: OPERATOR })),
    )

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('workspace_exists')
    const { rows } = await pool.query('SELECT action, workspace_id FROM entry')
    expect(rows).toMatchObject([{ action: 'workspace.created' }])
  })

  for (const [slug, name] of [
    ['Acme', 'Acme'],
    ['acme\0', 'Acme'],
    ['acme', ''],
    ['acme', 'Ac\0me'],
    ['acme', 'x'.repeat(1_000_000)],
  ] as const) {
    test(`refuses ${JSON.stringify([slug, name.slice(0, 9)])}`, async ({ database: { db } }) => {
      await expect(createWorkspace(db, { slug, name, by: OPERATOR })).rejects.toMatchObject({
        code: 'invalid_request',
      })
    })
  }
})

test.describe('finding a workspace', () => {
  test('finds none by anything else', async ({ database: { db }, given }) => {
    const { id } = await given.workspace('acme')

    for (const other of ['', 'other', 'ACME', id, formatId('wsp', id).toUpperCase(), 'acme\0'])
      expect(await findWorkspace(db, other)).toBeNull()
  })

  test('does not find an archived one', async ({ database: { db }, given }) => {
    const { id } = await given.workspace('acme')
    await archiveWorkspace(db, id, OPERATOR)

    expect(await findWorkspace(db, 'acme')).toBeNull()
    expect(await findWorkspace(db, formatId('wsp', id))).toBeNull()
    await expect(archiveWorkspace(db, id, OPERATOR)).rejects.toMatchObject({
      code: 'workspace_not_found',
    })
  })
})
