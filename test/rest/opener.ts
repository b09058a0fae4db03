import type pg from 'pg'
import { openJson } from '../../src/crypto/envelope.ts'
import type { Db } from '../../src/database/transaction.ts'
import { loadIncarnation } from '../../src/keys/incarnation.ts'
import { createKeyring, type Keyring } from '../../src/keys/keyring.ts'
import { openRootKeys } from '../../src/services/root-keys.ts'

/** What lies sealed in the database for one login and its one session. */
export interface Sealed {
  readonly login: LoginRow
  readonly session: SessionRow
  readonly family: { readonly id: string; readonly payload: Buffer }
}

interface LoginRow {
  readonly id: string
  readonly user_id: string
  readonly root_version: string
  readonly secret_wrapped: Buffer | null
  readonly context_sealed: Buffer | null
}

interface SessionRow {
  readonly id: string
  readonly workspace_id: string
  readonly epoch_id: string | null
  readonly secret_wrapped: Buffer | null
  readonly context_sealed: Buffer | null
}

/** Somebody who has the database and the root key, and none of our memory. */
export async function openerWith(database: { readonly db: Db }, rootKeyFile: string) {
  const rootKeys = await openRootKeys({ source: 'file', file: rootKeyFile })
  const incarnation = await loadIncarnation(database.db)
  const keyring = createKeyring({ db: database.db, rootKeys, incarnation, epochRotation: 86_400 })
  return {
    loginContext: (row: LoginRow, sealed: Buffer) => loginContext(keyring, row, sealed),
    sessionContext: async (row: SessionRow, sealed: Buffer) =>
      openJson(await dataKey(keyring, row), sealed, ['session', row.id, 'context']),
    familyPayload: async (row: SessionRow, family: Sealed['family']) =>
      openJson(await dataKey(keyring, row), family.payload, ['family', family.id, 'payload']),
  }
}

function dataKey(keyring: Keyring, row: SessionRow) {
  const { id: sessionId, workspace_id: workspaceId, epoch_id: epochId } = row
  return keyring.sessionKey(
    { sessionId, workspaceId, epochId, wrapped: row.secret_wrapped },
    'data',
  )
}

async function loginContext(keyring: Keyring, row: LoginRow, sealed: Buffer) {
  const { id: loginId, user_id: userId, root_version: rootVersion } = row
  const place = { loginId, userId, rootVersion, wrapped: row.secret_wrapped }
  return openJson(await keyring.loginKey(place, 'login-data'), sealed, [
    'login',
    loginId,
    'context',
  ])
}

/** The rows of the one login here, as they stand now. */
export async function readSealed(pool: pg.Pool, kind: 'login' | 'offline'): Promise<Sealed> {
  const login = await pool.query<LoginRow>('SELECT * FROM login')
  const session = await pool.query<SessionRow>('SELECT * FROM session WHERE kind = $1', [kind])
  const family = await pool.query<Sealed['family']>(
    'SELECT id, payload_sealed AS payload FROM family WHERE session_id = $1',
    [session.rows[0]?.id],
  )
  return { login: login.rows[0]!, session: session.rows[0]!, family: family.rows[0]! }
}
