import { newId } from '../../src/ids.ts'
import { addMember } from '../../src/workspaces/add-member.ts'
import { archiveWorkspace } from '../../src/workspaces/archive-workspace.ts'
import { changeRoles } from '../../src/workspaces/change-roles.ts'
import { membershipOf, workspacesOf } from '../../src/workspaces/find-membership.ts'
import { removeMember } from '../../src/workspaces/remove-member.ts'
import { expect, OPERATOR, test } from './fixture.ts'

test.describe('a member', () => {
  test('has roles in each workspace', async ({ database: { db }, given }) => {
    const [anna, acme, zoo] = await Promise.all([
      given.user('anna'),
      given.workspace('acme'),
      given.workspace('zoo', 'Berlin Zoo'),
    ])
    await addMember(db, { workspaceId: acme.id, userId: anna, roles: ['admin'], by: OPERATOR })
    await addMember(db, { workspaceId: zoo.id, userId: anna, roles: ['b', 'a'], by: OPERATOR })
    await given.workspace('other')

    expect(await workspacesOf(db, anna)).toEqual([
      { workspace: zoo, roles: ['a', 'b'] },
      { workspace: acme, roles: ['admin'] },
    ])
    expect(await membershipOf(db, anna, acme.id)).toEqual({ workspace: acme, roles: ['admin'] })
  })

  test('is added once, whoever is first', async ({ database: { db, pool }, given }) => {
    const userId = await given.user('anna')
    const { id } = await given.workspace('acme')

    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((role) =>
        addMember(db, { workspaceId: id, userId, roles: [role], by: OPERATOR }),
      ),
    )

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('conflict')
    const { rows } = await pool.query("SELECT detail FROM entry WHERE action = 'member.added'")
    expect(rows).toEqual([{ detail: { roles: (await membershipOf(db, userId, id))?.roles } }])
  })

  test('needs a user and an active workspace', async ({ database: { db }, given }) => {
    const member = { roles: [], by: OPERATOR }
    const userId = await given.user('anna')
    const { id: workspaceId } = await given.workspace('acme')

    await expect(addMember(db, { ...member, workspaceId, userId: newId() })).rejects.toMatchObject({
      code: 'user_not_found',
    })
    await expect(addMember(db, { ...member, workspaceId: newId(), userId })).rejects.toMatchObject({
      code: 'workspace_not_found',
    })

    await archiveWorkspace(db, workspaceId, OPERATOR)
    await expect(addMember(db, { ...member, workspaceId, userId })).rejects.toMatchObject({
      code: 'workspace_not_found',
    })
  })

  test('is not added to a workspace that is being archived', async ({ database, given }) => {
    const { db, pool } = database
    const userId = await given.user('anna')
    const { id: workspaceId } = await given.workspace('acme')
    const archiving = await pool.connect()
    await archiving.query('BEGIN')
    await archiving.query(`UPDATE workspace SET state = 'archived' WHERE id = $1`, [workspaceId])

    const added = addMember(db, { workspaceId, userId, roles: [], by: OPERATOR })
    const refusal = expect(added).rejects.toMatchObject({ code: 'workspace_not_found' })
    await waiting(database.pool)
    await archiving.query('COMMIT')
    archiving.release()

    await refusal
  })

  test('gets other roles from the commit on', async ({ database: { db, pool }, given }) => {
    const userId = await given.user('anna')
    const { id: workspaceId } = await given.workspace('acme')
    await addMember(db, { workspaceId, userId, roles: ['admin'], by: OPERATOR })

    await changeRoles(db, { workspaceId, userId, roles: ['viewer'], by: OPERATOR })

    expect((await membershipOf(db, userId, workspaceId))?.roles).toEqual(['viewer'])
    const { rows } = await pool.query(
      "SELECT detail, workspace_id FROM entry WHERE action = 'member.roles_changed'",
    )
    expect(rows).toEqual([{ detail: { roles: ['viewer'] }, workspace_id: workspaceId }])
  })

  test('is a stranger after removal', async ({ database: { db }, given }) => {
    const userId = await given.user('anna')
    const { id: workspaceId } = await given.workspace('acme')
    await addMember(db, { workspaceId, userId, roles: ['admin'], by: OPERATOR })

    await removeMember(db, { workspaceId, userId, by: OPERATOR })

    expect(await membershipOf(db, userId, workspaceId)).toBeNull()
    expect(await workspacesOf(db, userId)).toEqual([])
    const removal = { workspaceId, userId, roles: [], by: OPERATOR }
    await expect(removeMember(db, removal)).rejects.toMatchObject({ code: 'not_a_member' })
    await expect(changeRoles(db, removal)).rejects.toMatchObject({ code: 'not_a_member' })
  })

  test('does not see an archived workspace', async ({ database: { db }, given }) => {
    const userId = await given.user('anna')
    const { id: workspaceId } = await given.workspace('acme')
    await addMember(db, { workspaceId, userId, roles: ['admin'], by: OPERATOR })

    await archiveWorkspace(db, workspaceId, OPERATOR)

    expect(await membershipOf(db, userId, workspaceId)).toBeNull()
    expect(await workspacesOf(db, userId)).toEqual([])
  })

  test('has no role that is no name', async ({ database: { db }, given }) => {
    const member = { workspaceId: newId<'wsp'>(), userId: newId<'usr'>(), by: OPERATOR }
    await given.workspace('acme')

    for (const roles of [['A'], ['a\0'], ['a'.repeat(1_000_000)]])
      await expect(addMember(db, { ...member, roles })).rejects.toMatchObject({
        code: 'invalid_request',
      })
  })
})

/** Resolves once somebody waits for a row. */
async function waiting(pool: import('pg').Pool): Promise<void> {
  const blocked = `SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await expect.poll(async () => (await pool.query(blocked)).rows.length).toBe(1)
}
