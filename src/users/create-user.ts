import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { explainIssues } from '../lib/explain-issues.ts'
import { acceptablePassword } from './acceptable-password.ts'
import type { Passwords } from './password.ts'
import { type Profile, type ProfileInput, profileInput } from './profile.ts'
import { isExternalId, parseUsername, type User } from './user.ts'
import { insertUser } from './user-store.ts'

interface Deps {
  readonly db: Db
  readonly passwords: Passwords
}

export interface NewUser {
  readonly username: string
  /** Without one, nobody can log in with a password as this user. */
  readonly password?: string | undefined
  readonly externalId?: string | undefined
  readonly profile?: ProfileInput | undefined
  readonly by: Actor
}

/** Makes a user who can log in; of two at once with one name, one is told that it is taken. */
export async function createUser(deps: Deps, input: NewUser): Promise<User> {
  const account = accountOf(input)
  const passwordHash = await hashOf(deps, input.password, account.username)

  return transaction(deps.db, async (tx) => {
    const user = await insertUser(tx, { ...account, passwordHash })
    if (!user) throw new DomainError('user_exists', 'the name or the external id is taken')
    await appendEntry(tx, {
      action: 'user.created',
      actor: input.by,
      subject: { kind: 'user', id: user.id },
    })
    return user
  })
}

// Without a password is not the same as with an empty one, which is refused.
async function hashOf({ passwords }: Deps, typed: string | undefined, username: string) {
  return typed === undefined ? null : passwords.hash(acceptablePassword(typed, username))
}

function accountOf(input: NewUser) {
  const username = parseUsername(input.username)
  if (username === null)
    throw new DomainError('invalid_request', 'a username is letters, digits and signs, no spaces')
  const externalId = input.externalId ?? null
  if (externalId !== null && !isExternalId(externalId))
    throw new DomainError('invalid_request', 'an external id is 1 to 255 visible ASCII characters')
  return { username, externalId, profile: profileOf(input.profile ?? {}) }
}

function profileOf(input: ProfileInput): Profile {
  const parsed = profileInput.safeParse(input)
  if (!parsed.success) throw new DomainError('invalid_request', explainIssues(parsed.error))
  return parsed.data
}
