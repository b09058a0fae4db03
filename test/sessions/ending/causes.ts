import { archiveWorkspace } from '../../../src/access/archive-workspace.ts'
import { changePassword } from '../../../src/access/change-password.ts'
import { disableUser } from '../../../src/access/disable-user.ts'
import { removeMember } from '../../../src/access/remove-member.ts'
import { resetFactors } from '../../../src/access/reset-factors.ts'
import { type EndCause, endLogin, endSession, endUser } from '../../../src/sessions/ending/end.ts'
import { sweep } from '../../../src/sessions/ending/sweep.ts'
import { enableUser } from '../../../src/users/disable-user.ts'
import { addMember } from '../../../src/workspaces/add-member.ts'
import { refresh } from '../../support/relying-party.ts'
import type { Stay } from '../told.ts'

const by = { kind: 'operator' } as const
export const NEW_PASSWORD = 'lorem ipsum dolor sit'

/** One cause of DESIGN.md §5's table: what brings it about, and what it must have done. */
export interface Cause {
  readonly cause: EndCause
  readonly act: (stay: Stay) => Promise<unknown>
  /** The sessions that it ends, as `told.ts` names them, and whatever ends besides. */
  readonly ends: readonly string[]
  /** What single sign-on answers in the same browser, in each workspace. */
  readonly silent: { readonly A: string; readonly B: string }
  /** What must be undone before a login can lead back in; null where nothing can. */
  readonly undo?: ((stay: Stay) => Promise<unknown>) | null
}

const ended = (cause: EndCause): Cause => ({
  cause,
  act: ({ services, a }) => endSession(services, a, { cause, by }),
  ends: ['A'],
  silent: { A: 'login_required', B: 'code' },
})

const NOBODY = { A: 'login_required', B: 'login_required' }
const LOGIN = ['A', 'B', 'login']
const PERSON = [...LOGIN, 'A elsewhere', 'login elsewhere', 'person']

export const CAUSES: readonly Cause[] = [
  {
    ...ended('idle'),
    act: async (stay) => {
      await stay.pass('31m')
      await stay.use('B', 'A elsewhere')
      await sweep(stay.services)
    },
  },
  {
    ...ended('absolute'),
    act: async (stay) => {
      await stay.pass('12h1m')
      await stay.use('A', 'B', 'A elsewhere')
      await sweep(stay.services)
    },
  },
  ended('administrator'),
  ended('drift'),
  ended('evicted'),
  ended('left_workspace'),
  {
    ...ended('reuse'),
    act: async ({ told, refreshToken }) => {
      const next = await refresh(told, refreshToken)
      await refresh(told, String(next.body.refresh_token))
      await refresh(told, refreshToken)
    },
  },
  {
    cause: 'member_removed',
    act: ({ services, workspace, user }) =>
      removeMember(services, { workspaceId: workspace.id, userId: user.id, by }),
    ends: ['A', 'A elsewhere'],
    silent: { A: 'access_denied', B: 'code' },
    undo: async ({ services, workspace, user }) => {
      const member = { workspaceId: workspace.id, userId: user.id, roles: ['member'] }
      await addMember(services.db, { ...member, by })
    },
  },
  {
    cause: 'workspace_archived',
    act: ({ services, workspace }) => archiveWorkspace(services, workspace.id, by),
    ends: ['A', 'A elsewhere', 'workspace'],
    silent: { A: 'access_denied', B: 'code' },
    undo: null,
  },
  {
    cause: 'logout',
    act: ({ services, login }) => endLogin(services, login, { cause: 'logout', by }),
    ends: LOGIN,
    silent: NOBODY,
  },
  {
    cause: 'switched_user',
    act: ({ services, login }) => endLogin(services, login, { cause: 'switched_user', by }),
    ends: LOGIN,
    silent: NOBODY,
  },
  {
    cause: 'logout_everywhere',
    act: ({ services, user }) => endUser(services, user.id, { cause: 'logout_everywhere', by }),
    ends: PERSON,
    silent: NOBODY,
  },
  {
    cause: 'password_changed',
    act: ({ services, user }) => changePassword(services, user.id, { password: NEW_PASSWORD, by }),
    ends: PERSON,
    silent: NOBODY,
  },
  {
    cause: 'factors_reset',
    act: ({ services, user }) => resetFactors(services, user.id, { by, keepsSessions: false }),
    ends: PERSON,
    silent: NOBODY,
  },
  {
    cause: 'user_disabled',
    act: ({ services, user }) => disableUser(services, user.id, by),
    ends: PERSON,
    silent: NOBODY,
    undo: ({ services, user }) => enableUser(services.db, user.id, by),
  },
  {
    cause: 'user_deleted',
    act: ({ services, user }) => endUser(services, user.id, { cause: 'user_deleted', by }),
    ends: PERSON,
    silent: NOBODY,
  },
]
