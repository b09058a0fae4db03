import { transaction } from '../database/transaction.ts'
import { formatId } from '../ids.ts'
import { createUser } from '../users/create-user.ts'
import type { Answer } from './answer.ts'
import type { CommonOptions } from './command.ts'
import { joinWorkspaces, parsePlace } from './memberships.ts'
import { readPassword } from './read-password.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

export interface CreateUserOptions extends CommonOptions {
  readonly passwordStdin?: boolean
  /** False for a user who cannot log in with one. */
  readonly password: boolean
  readonly name?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly email?: string
  readonly externalId?: string
  readonly member?: readonly string[]
}

/** Makes a user and their memberships, all or nothing. */
export async function createUserAt(
  terminal: Terminal,
  username: string,
  options: CreateUserOptions,
): Promise<Answer> {
  const places = (options.member ?? []).map(parsePlace)
  const password = options.password
    ? await readPassword(terminal, options.passwordStdin ?? false)
    : undefined
  const { name, givenName, familyName, email, externalId } = options
  const profile = { name, givenName, familyName, email }

  return withCore(terminal, options, ({ db, passwords }) =>
    transaction(db, async (tx) => {
      const user = await createUser(
        { db: tx, passwords },
        { username, password, externalId, profile: known(profile), by: OPERATOR },
      )
      await joinWorkspaces(tx, user.id, places)
      const id = formatId('usr', user.id)
      return { data: { id, username: user.username }, text: `user ${user.username} is ${id}` }
    }),
  )
}

function known(profile: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined))
}
