import type { Command } from 'commander'
import { archiveWorkspace } from '../access/archive-workspace.ts'
import { changePassword } from '../access/change-password.ts'
import { deleteClient } from '../access/delete-client.ts'
import { disableClient } from '../access/disable-client.ts'
import { disableUser } from '../access/disable-user.ts'
import { removeMember } from '../access/remove-member.ts'
import { findAnyClient } from '../clients/find-client.ts'
import type { Db } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { findUserByUsername } from '../users/find-user.ts'
import type { Answer } from './answer.ts'
import { addCommand, answering, type CommonOptions } from './command.ts'
import { confirm } from './confirm.ts'
import { mustFindWorkspace } from './memberships.ts'
import { readPassword } from './read-password.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

type Sure = CommonOptions & { readonly yes?: boolean }
type NewPassword = CommonOptions & { readonly passwordStdin?: boolean }

/** Of `user …`: what keeps a person out, or puts who knows their password out. */
export function addUserLeaving(user: Command, terminal: Terminal): void {
  addCommand(user, 'disable <username>', 'Keep a person out; all that they have open ends').action(
    answering<CommonOptions>(terminal, (options, [name = '']) =>
      withCore(terminal, options, async ({ db }) => {
        const { id, username } = await mustFindUser(db, name)
        const ended = await disableUser({ db }, id, OPERATOR)
        return told({ username }, `${username} is kept out`, ended.length)
      }),
    ),
  )
  addCommand(user, 'set-password <username>', 'Give a new password; the person is logged out')
    .option('--password-stdin', 'read the password from standard input')
    .action(
      answering<NewPassword>(terminal, async (options, [name = '']) => {
        const password = await readPassword(terminal, options.passwordStdin ?? false)
        return withCore(terminal, options, async ({ db, passwords }) => {
          const { id, username } = await mustFindUser(db, name)
          const ended = await changePassword({ db, passwords }, id, { password, by: OPERATOR })
          return told({ username }, `${username} has a new password`, ended.length)
        })
      }),
    )
}

/** Of `workspace …`: who leaves it, and its own end. */
export function addWorkspaceLeaving(workspace: Command, terminal: Terminal): void {
  addCommand(
    workspace,
    'remove-member <workspace> <username>',
    'Take a user out of a workspace; their sessions there end',
  ).action(
    answering<CommonOptions>(terminal, (options, [idOrSlug = '', name = '']) =>
      withCore(terminal, options, async ({ db }) => {
        const { id: workspaceId, slug } = await mustFindWorkspace(db, idOrSlug)
        const { id: userId, username } = await mustFindUser(db, name)
        const ended = await removeMember({ db }, { userId, workspaceId, by: OPERATOR })
        return told(
          { workspace: slug, username },
          `${username} is no member of ${slug} any more`,
          ended.length,
        )
      }),
    ),
  )
  addCommand(workspace, 'archive <workspace>', 'Close a workspace to everybody')
    .option('--yes', 'do not ask')
    .action(
      answering<Sure>(terminal, async (options, [idOrSlug = '']) => {
        if (!options.yes)
          await confirm(terminal, `Nobody gets into ${idOrSlug} any more, and it has no way back.`)
        return withCore(terminal, options, async ({ db }) => {
          const { id, slug } = await mustFindWorkspace(db, idOrSlug)
          const ended = await archiveWorkspace({ db }, id, OPERATOR)
          return told({ workspace: slug }, `${slug} is archived`, ended.length)
        })
      }),
    )
}

/** Of `client …`: an application that may not, or is not there, any more. */
export function addClientLeaving(client: Command, terminal: Terminal): void {
  addCommand(client, 'disable <client>', 'Refuse a client; all that it was given ends').action(
    answering<CommonOptions>(terminal, (options, [name = '']) =>
      withCore(terminal, options, async ({ db }) => {
        const { id } = await mustFindClient(db, name)
        const { grants } = await disableClient({ db }, id, OPERATOR)
        return without({ client: name, text: `${name} is disabled` }, grants.length)
      }),
    ),
  )
  addCommand(client, 'delete <client>', 'Forget a client and all that it was given')
    .option('--yes', 'do not ask')
    .action(
      answering<Sure>(terminal, async (options, [name = '']) => {
        if (!options.yes)
          await confirm(
            terminal,
            `${name} is forgotten, with all consents to it; nothing undoes it.`,
          )
        return withCore(terminal, options, async ({ db }) => {
          const { id } = await mustFindClient(db, name)
          const { grants } = await deleteClient({ db }, id, OPERATOR)
          return without({ client: name, text: `${name} is deleted` }, grants.length)
        })
      }),
    )
}

function told(data: object, text: string, sessions: number): Answer {
  const ended = sessions === 1 ? '1 session ended' : `${sessions} sessions ended`
  return { data: { ...data, ended_sessions: sessions }, text: `${text}; ${ended}` }
}

function without(said: { readonly client: string; readonly text: string }, grants: number): Answer {
  const ended = grants === 1 ? '1 grant ended' : `${grants} grants ended`
  return {
    data: { client_id: said.client, ended_grants: grants },
    text: `${said.text}; ${ended}`,
  }
}

async function mustFindUser(db: Db, name: string) {
  const user = await findUserByUsername(db, name)
  if (!user) throw new DomainError('user_not_found', `no user ${name}`)
  return user
}

async function mustFindClient(db: Db, name: string) {
  const client = await findAnyClient(db, name)
  if (!client) throw new DomainError('client_not_found', `no client ${name}`)
  return client
}
