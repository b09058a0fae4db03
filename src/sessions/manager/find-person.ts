import type { Sql } from '../../database/sql.ts'
import { DomainError } from '../../errors.ts'
import { parseId, type UserId, type WorkspaceId } from '../../ids.ts'
import { findUser, findUserByExternalId } from '../../users/find-user.ts'
import { isExternalId } from '../../users/user.ts'
import { type Person, selectPerson, selectPersonByExternalId } from './person-store.ts'
import { type Reach, workspacesOfReach } from './reach.ts'

/**
 * A person by `usr_…`, or by their identifier in a directory elsewhere: a service's among the members
 * of its workspaces, a person only themselves. Whoever is beyond that is not told from nobody, so
 * that no directory can be guessed through the answers.
 */
export async function mustFindPerson(db: Sql, reference: string, reach: Reach): Promise<Person> {
  const person = await find(db, reference, workspacesOfReach(reach))
  if (!person || (reach.of === 'user' && reach.userId !== person.id))
    throw new DomainError('user_not_found', 'no such user')
  return person
}

function find(
  db: Sql,
  reference: string,
  within: readonly WorkspaceId[],
): Promise<Person | null> | null {
  const id = parseId('usr', reference)
  if (id) return selectPerson(db, id, within)
  return isExternalId(reference) ? selectPersonByExternalId(db, reference, within) : null
}

/** Wherever they are: only for what is bound to workspaces by itself, as a filter of sessions is. */
export async function anyPerson(db: Sql, reference: string): Promise<UserId | null> {
  const id = parseId('usr', reference)
  const user = id ? await findUser(db, id) : await findUserByExternalId(db, reference)
  return user?.state === 'active' ? user.id : null
}
