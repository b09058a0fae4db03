import { changeAndTell, type NewEntry } from '../../audit/append-entry.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import type { FactorId, LoginId, UserId } from '../../ids.ts'

/** What is stored of a passkey (WebAuthn Level 3 §4, "credential record"). */
export interface Passkey {
  readonly id: FactorId
  readonly userId: UserId
  readonly credentialId: Buffer
  readonly publicKey: Buffer
  readonly signCount: number
  readonly transports: readonly string[]
}

export interface NewPasskey extends Passkey {
  readonly addedIn: LoginId
  readonly name: string
  readonly backupEligible: boolean
  readonly backedUp: boolean
}

const INSERT: Statement = {
  name: 'passkey_insert',
  text: `INSERT INTO factor (id, user_id, kind, name, added_in, created_at, credential_id, public_key,
      sign_count, transports, backup_eligible, backed_up)
    VALUES ($1, $2, 'passkey', $3, $4, clock_timestamp(), $5, $6, $7, $8, $9, $10)
    ON CONFLICT (credential_id) DO NOTHING RETURNING id`,
}

/** False when the credential is somebody's already. */
export async function insertPasskey(
  tx: Sql,
  passkey: NewPasskey,
  entry: NewEntry,
): Promise<boolean> {
  const values = [
    passkey.id,
    passkey.userId,
    passkey.name,
    passkey.addedIn,
    passkey.credentialId,
    passkey.publicKey,
    passkey.signCount,
    passkey.transports,
    passkey.backupEligible,
    passkey.backedUp,
  ]
  return (await changeAndTell(tx, { statement: INSERT, values }, entry)) !== null
}

interface Row {
  readonly id: FactorId
  readonly user_id: UserId
  readonly credential_id: Buffer
  readonly public_key: Buffer
  readonly sign_count: string
  readonly transports: readonly string[]
}

const COLUMNS = 'id, user_id, credential_id, public_key, sign_count, transports'

const BY_CREDENTIAL: Statement = {
  name: 'passkey_by_credential',
  text: `SELECT ${COLUMNS} FROM factor WHERE credential_id = $1`,
}

export async function selectPasskey(db: Sql, credentialId: Buffer): Promise<Passkey | null> {
  const [row] = await db.query<Row>(BY_CREDENTIAL, [credentialId])
  return row ? toPasskey(row) : null
}

const OF_USER: Statement = {
  name: 'passkeys_of_user',
  text: `SELECT ${COLUMNS} FROM factor WHERE user_id = $1 AND kind = 'passkey'`,
}

export async function selectPasskeys(db: Sql, userId: UserId): Promise<Passkey[]> {
  return (await db.query<Row>(OF_USER, [userId])).map(toPasskey)
}

function toPasskey(row: Row): Passkey {
  return {
    id: row.id,
    userId: row.user_id,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    signCount: Number(row.sign_count),
    transports: row.transports,
  }
}

// A counter that does not rise is that of a copy (WebAuthn Level 3 §6.1.1); many authenticators
// keep none, and say 0 for ever.
const NOTE_USE: Statement = {
  name: 'passkey_note_use',
  text: `UPDATE factor SET sign_count = $2, backed_up = $3, last_used_at = clock_timestamp()
    WHERE id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0)) RETURNING id`,
}

export async function notePasskeyUse(
  db: Sql,
  used: { readonly id: FactorId; readonly signCount: number; readonly backedUp: boolean },
  entry: NewEntry,
): Promise<boolean> {
  const change = { statement: NOTE_USE, values: [used.id, used.signCount, used.backedUp] }
  return (await changeAndTell(db, change, entry)) !== null
}

const SPEND: Statement = {
  name: 'passkey_spend_challenge',
  text: `INSERT INTO replay (hash, expires_at)
    VALUES ($1, statement_timestamp() + make_interval(secs => $2)) ON CONFLICT (hash) DO NOTHING`,
}

/** Of all who answer the same challenge, the first one may. */
export async function spendChallenge(db: Sql, hash: Buffer, seconds: number): Promise<boolean> {
  return (await db.execute(SPEND, [hash, seconds])) === 1
}
