import { DomainError } from '../errors.ts'
import type { Core } from '../services/core.ts'
import { createUser } from '../users/create-user.ts'
import { findUserByUsername } from '../users/find-user.ts'
import type { User } from '../users/user.ts'
import { addMember } from '../workspaces/add-member.ts'
import { createWorkspace } from '../workspaces/create-workspace.ts'
import { findWorkspace } from '../workspaces/find-workspace.ts'
import { type DemoPerson, PEOPLE, WORKSPACES } from './demo-data.ts'
import { OPERATOR } from './with-core.ts'

type Deps = Pick<Core, 'db' | 'passwords'>

/** Puts the demonstration's people into their workspaces; what is there already stays as it is. */
export async function seedDemo(deps: Deps): Promise<void> {
  for (const workspace of WORKSPACES)
    await unlessThere('workspace_exists', () =>
      createWorkspace(deps.db, { ...workspace, by: OPERATOR }),
    )
  for (const person of PEOPLE) await seedPerson(deps, person)
}

async function seedPerson(deps: Deps, person: DemoPerson): Promise<void> {
  const user =
    (await findUserByUsername(deps.db, person.username)) ?? (await makeUser(deps, person))
  if (!user) return
  for (const [slug, roles] of Object.entries(person.roles)) {
    const workspace = await findWorkspace(deps.db, slug)
    if (!workspace) continue
    const member = { workspaceId: workspace.id, userId: user.id, roles, by: OPERATOR }
    await unlessThere('conflict', () => addMember(deps.db, member))
  }
}

function makeUser(
  deps: Deps,
  { username, password, name, givenName, familyName }: DemoPerson,
): Promise<User | null> {
  const email = `${username}@example.com`
  const profile = { name, givenName, familyName, email, emailVerified: true }
  return unlessThere('user_exists', () =>
    createUser(deps, { username, password, profile, by: OPERATOR }),
  )
}

/** A start may have made it before, or another one at this moment. */
async function unlessThere<T>(
  code: 'workspace_exists' | 'user_exists' | 'conflict',
  make: () => Promise<T>,
): Promise<T | null> {
  try {
    return await make()
  } catch (error) {
    if (error instanceof DomainError && error.code === code) return null
    throw error
  }
}
