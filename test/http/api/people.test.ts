import { randomBytes } from 'node:crypto'
import { removeMember } from '../../../src/access/remove-member.ts'
import { formatId } from '../../../src/ids.ts'
import { createUser } from '../../../src/users/create-user.ts'
import { addMember } from '../../../src/workspaces/add-member.ts'
import type { Workspace } from '../../../src/workspaces/workspace.ts'
import type { Given, Node } from '../../support/world.ts'
import { type Api, expect, personIn, serviceIn, test } from './stage.ts'

const OPERATOR = { kind: 'operator' } as const
const NOBODY = ['usr_01m89ypa2ree0b7bf8c5dqqf4z', 'nobody@corp.example', 'usr_!!', 'a b']

interface Stage {
  readonly node: Node
  readonly given: Given
}

/** A member with an identifier in a directory elsewhere. */
async function memberOf({ node }: Stage, workspace: Workspace) {
  const externalId = `boss-${randomBytes(4).toString('hex')}@corp.example`
  const user = await createUser(node.services, { username: externalId, externalId, by: OPERATOR })
  const place = { workspaceId: workspace.id, userId: user.id, by: OPERATOR }
  await addMember(node.services.db, { ...place, roles: ['member'] })
  return { id: formatId('usr', user.id), externalId, userId: user.id }
}

/** All that names a person, by what is asked of it. */
function asking(api: Api, user: string, workspace: Workspace) {
  const at = `/users/${encodeURIComponent(user)}/sessions`
  const who = encodeURIComponent(user)
  return {
    list: () => api.call('GET', at),
    terminate: () => api.call('POST', `${at}/termination`, {}),
    create: () => api.call('POST', '/sessions', { user_id: user }),
    createIn: () => api.call('POST', '/sessions', { user_id: user, workspace_id: workspace.slug }),
    explain: () => api.call('GET', `/policies/explain?workspace=${workspace.slug}&user=${who}`),
    filter: () => api.call('GET', `/sessions?user=${who}`),
  }
}

type Act = keyof ReturnType<typeof asking>

/** What is told of each, but for what tells requests apart. */
async function answers(api: Api, users: readonly string[], act: Act, workspace: Workspace) {
  const told = []
  for (const user of users) {
    const { status, body } = await asking(api, user, workspace)[act]()
    const { request_id: _, ...rest } = body
    told.push({ status, ...rest })
  }
  return told
}

test.describe('a person of other workspaces', () => {
  for (const act of ['list', 'terminate', 'create', 'createIn'] as const)
    test(`is nobody to a service: ${act}`, async ({ node, given }) => {
      const theirs = await given.workspace()
      const { id, externalId } = await memberOf({ node, given }, theirs)
      const api = await serviceIn({ node, given }, [await given.workspace()])
      const told = await answers(api, [id, externalId, ...NOBODY], act, theirs)
      expect(told[0]).toMatchObject({ status: 404, code: 'user_not_found' })
      expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1)
    })

  test('is nobody where policies are explained or sessions filtered', async ({ node, given }) => {
    const theirs = await given.workspace()
    const { id, externalId } = await memberOf({ node, given }, theirs)
    const ours = await given.workspace()
    const api = await serviceIn({ node, given }, [ours])
    const explained = await answers(api, [id, externalId, ...NOBODY], 'explain', ours)
    expect(explained[0]).toMatchObject({ status: 404, code: 'user_not_found' })
    expect(new Set(explained.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(await answers(api, [id, externalId, ...NOBODY], 'filter', ours)).toEqual(
      Array.from({ length: 6 }, () => ({ status: 200, sessions: [], next_cursor: null })),
    )
  })

  test('is nobody once they are no member any more', async ({ node, given }) => {
    const workspace = await given.workspace()
    const { id, externalId, userId } = await memberOf({ node, given }, workspace)
    const api = await serviceIn({ node, given }, [workspace])
    expect((await api.call('GET', `/users/${externalId}/sessions`)).status).toBe(200)
    const by = OPERATOR
    await removeMember(node.services, { workspaceId: workspace.id, userId, by })
    const told = await answers(api, [id, externalId, ...NOBODY], 'create', workspace)
    expect(told[0]).toMatchObject({ status: 404, code: 'user_not_found' })
    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1)
  })
})

test.describe('a person with their own token', () => {
  for (const act of ['list', 'terminate', 'explain'] as const)
    test(`finds themselves and not even a colleague: ${act}`, async ({ node, given }) => {
      const { api, user, workspace } = await personIn({ node, given })
      const colleague = await memberOf({ node, given }, workspace)
      const stranger = await memberOf({ node, given }, await given.workspace())
      const others = [colleague.id, colleague.externalId, stranger.id, stranger.externalId]
      const told = await answers(api, [...others, ...NOBODY], act, workspace)
      expect(told[0]).toMatchObject({ status: 404, code: 'user_not_found' })
      expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1)
      const own = await answers(api, [formatId('usr', user.id)], act, workspace)
      expect(own[0]).toMatchObject({ status: 200 })
    })
})

test.describe('a person of one of several workspaces', () => {
  test('is placed in the one that both share', async ({ node, given }) => {
    const [shared, other] = [await given.workspace(), await given.workspace()]
    const { externalId } = await memberOf({ node, given }, shared)
    const api = await serviceIn({ node, given }, [shared, other])
    const made = await api.call('POST', '/sessions', { user_id: externalId })
    expect(made.body.session.workspace_id).toBe(formatId('wsp', shared.id))
    for (const workspace_id of [shared.slug, formatId('wsp', shared.id)]) {
      const named = await api.call('POST', '/sessions', { user_id: externalId, workspace_id })
      expect(named.body.session.workspace_id).toBe(formatId('wsp', shared.id))
    }
    for (const workspace_id of [other.slug, formatId('wsp', other.id), 'no-such-place']) {
      const refused = await api.call('POST', '/sessions', { user_id: externalId, workspace_id })
      expect([refused.status, refused.body.code]).toEqual([403, 'not_a_member'])
    }
  })

  test('must be told which where they share more than one', async ({ node, given }) => {
    const user = await given.user()
    const [one, other] = [await given.workspace(user), await given.workspace(user)]
    await given.workspace(user)
    const api = await serviceIn({ node, given }, [one, other])
    const user_id = formatId('usr', user.id)
    const refused = await api.call('POST', '/sessions', { user_id })
    expect(refused.body.code).toBe('workspace_required')
    const made = await api.call('POST', '/sessions', { user_id, workspace_id: other.slug })
    expect(made.body.session.workspace_id).toBe(formatId('wsp', other.id))
  })
})
