import type { Client } from '../../clients/client.ts'
import type { Sql } from '../../database/sql.ts'
import type { UserId } from '../../ids.ts'
import { findUser } from '../../users/find-user.ts'
import type { User } from '../../users/user.ts'

/** How a person is called on our pages. */
export function displayName({ profile, username }: User): string {
  return profile.name ?? username
}

export async function nameOfUser(db: Sql, id: UserId): Promise<string> {
  const user = await findUser(db, id)
  return user ? displayName(user) : ''
}

/** How an application is called on our pages. */
export function nameOfClient({ metadata, clientId }: Client): string {
  return metadata.client_name ?? clientId
}
