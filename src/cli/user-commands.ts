import type { Command } from 'commander'
import { transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { formatId } from '../ids.ts'
import { findUserByUsername } from '../users/find-user.ts'
import { addMember } from '../workspaces/add-member.ts'
import { createWorkspace } from '../workspaces/create-workspace.ts'
import type { Answer } from './answer.ts'
import { addCommand, answering, type CommonOptions, collect } from './command.ts'
import { type CreateUserOptions, createUserAt } from './create-user.ts'
import { addUserLeaving, addWorkspaceLeaving } from './leaving-commands.ts'
import { mustFindWorkspace } from './memberships.ts'
import { type ResetFactorsOptions, resetFactorsAt } from './reset-factors.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

/** `user …` and `workspace …`. */
export function addUserCommands(program: Command, terminal: Terminal): void {
  const user = program.command('user').description('People who can log in')
  addCommand(user, 'create <username>', 'Make a user; asks for the password')
    .option('--password-stdin', 'read the password from standard input')
    .option('--no-password', 'make a user who cannot log in with a password')
    .option('--name <name>', 'the whole name, as it is shown')
    .option('--given-name <name>')
    .option('--family-name <name>')
    .option('--email <address>')
    .option('--external-id <id>', 'what another directory calls this person')
    .option('--member <workspace:roles>', 'as in atelier:editor,viewer; many times', collect)
    .action(
      answering<CreateUserOptions>(terminal, (options, [username = '']) =>
        createUserAt(terminal, username, options),
      ),
    )
  addCommand(user, 'reset-factors <username>', 'Take away all second factors and recovery codes')
    .option('--keep-sessions', 'do not log the person out everywhere')
    .action(
      answering<ResetFactorsOptions>(terminal, (options, [username = '']) =>
        resetFactorsAt(terminal, username, options),
      ),
    )

  addUserLeaving(user, terminal)

  const workspace = program.command('workspace').description('Isolated spaces and their members')
  addCommand(workspace, 'create <slug>', 'Make a workspace')
    .requiredOption('--name <name>', 'as it is shown')
    .action(
      answering<CommonOptions & { readonly name: string }>(terminal, (options, [slug = '']) =>
        createWorkspaceAt(terminal, { slug, name: options.name }, options),
      ),
    )
  addCommand(workspace, 'add-member <workspace> <username>', 'Let a user into a workspace')
    .option('--role <role>', 'many times', collect)
    .action(
      answering<CommonOptions & { readonly role?: readonly string[] }>(terminal, (options, args) =>
        addMemberAt(terminal, args, options),
      ),
    )
  addWorkspaceLeaving(workspace, terminal)
}

async function createWorkspaceAt(
  terminal: Terminal,
  wanted: { readonly slug: string; readonly name: string },
  options: CommonOptions,
): Promise<Answer> {
  return withCore(terminal, options, async ({ db }) => {
    const workspace = await createWorkspace(db, { ...wanted, by: OPERATOR })
    const { slug, name } = workspace
    const id = formatId('wsp', workspace.id)
    return { data: { id, slug, name }, text: `workspace ${slug} is ${id}` }
  })
}

async function addMemberAt(
  terminal: Terminal,
  [idOrSlug = '', username = '']: readonly string[],
  options: CommonOptions & { readonly role?: readonly string[] },
): Promise<Answer> {
  const roles = options.role ?? []
  return withCore(terminal, options, ({ db }) =>
    transaction(db, async (tx) => {
      const workspace = await mustFindWorkspace(tx, idOrSlug)
      const user = await findUserByUsername(tx, username)
      if (!user) throw new DomainError('user_not_found', `no user ${username}`)
      await addMember(tx, { workspaceId: workspace.id, userId: user.id, roles, by: OPERATOR })
      return {
        data: { workspace: workspace.slug, username: user.username, roles },
        text: `${user.username} is a member of ${workspace.slug}`,
      }
    }),
  )
}
