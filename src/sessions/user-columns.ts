import type { UserId } from '../ids.ts'
import type { Address } from '../users/profile.ts'
import type { User } from '../users/user.ts'

/** A person as one JSON value, so that a check of a token needs no second statement; `u` is "user". */
export const USER_OBJECT = `json_build_object('id', u.id, 'username', u.username,
  'externalId', u.external_id, 'state', u.state, 'name', u.name, 'givenName', u.given_name,
  'familyName', u.family_name, 'email', u.email, 'emailVerified', u.email_verified,
  'phoneNumber', u.phone_number, 'phoneVerified', u.phone_verified, 'address', u.address,
  'locale', u.locale, 'createdAt', u.created_at, 'updatedAt', u.updated_at)`

export interface UserColumns {
  readonly id: UserId
  readonly username: string
  readonly externalId: string | null
  readonly state: User['state']
  readonly name: string | null
  readonly givenName: string | null
  readonly familyName: string | null
  readonly email: string | null
  readonly emailVerified: boolean
  readonly phoneNumber: string | null
  readonly phoneVerified: boolean
  readonly address: Address | null
  readonly locale: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

export function toUser(columns: UserColumns): User {
  const { id, username, externalId, state, createdAt, updatedAt, ...profile } = columns
  return {
    id,
    username,
    externalId,
    state,
    profile,
    createdAt: new Date(createdAt),
    updatedAt: new Date(updatedAt),
  }
}
