import type { Sql, Statement } from '../database/sql.ts'
import type { SessionId, UserId } from '../ids.ts'
import type { Profile } from '../users/profile.ts'
import { BRIEF_COLUMNS, BRIEF_JOINS, type BriefRow, foldStays } from './brief-stay-store.ts'
import type { Person, PersonalStay } from './personal-stay.ts'

type Row = BriefRow & (PersonRow | { readonly person_id: null })

interface PersonRow {
  readonly person_id: UserId
  readonly username: string
  readonly name: string | null
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly email_verified: boolean
  readonly phone_number: string | null
  readonly phone_verified: boolean
  readonly address: Profile['address']
  readonly locale: string | null
  readonly updated_at: Date
}

const STAYS: Statement = {
  name: 'personal_stays',
  text: `SELECT ${BRIEF_COLUMNS},
      u.id AS person_id, u.username, u.name, u.given_name, u.family_name, u.email, u.email_verified,
      u.phone_number, u.phone_verified, u.address, u.locale, u.updated_at
    FROM unnest($1::uuid[]) WITH ORDINALITY AS k(session_id, place)
    ${BRIEF_JOINS}
    LEFT JOIN "user" u ON u.id = c.user_id
    ORDER BY k.place`,
}

export async function readPersonalStays(
  db: Sql,
  ids: readonly SessionId[],
): Promise<ReadonlyMap<string, PersonalStay>> {
  const stays = new Map<string, PersonalStay>()
  for (const { row, stay } of foldStays(await db.query<Row>(STAYS, [ids])))
    if (stay) stays.set(stay.session.id, { ...stay, person: toPerson(row) })
  return stays
}

function toPerson(row: Row): Person | null {
  if (row.person_id === null) return null
  return {
    id: row.person_id,
    username: row.username,
    updatedAt: row.updated_at,
    profile: {
      name: row.name,
      givenName: row.given_name,
      familyName: row.family_name,
      email: row.email,
      emailVerified: row.email_verified,
      phoneNumber: row.phone_number,
      phoneVerified: row.phone_verified,
      address: row.address,
      locale: row.locale,
    },
  }
}
