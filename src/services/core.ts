import type { Config } from '../config/config.ts'
import type { RootKeys } from '../crypto/root-key.ts'
import type { Database } from '../database/database.ts'
import { type AuditKeys, createAuditKeys } from '../keys/audit-keys.ts'
import { loadServerKeys, type ServerKeys } from '../keys/data-keys.ts'
import { loadIncarnation } from '../keys/incarnation.ts'
import { noteRootVersion } from '../keys/root-age.ts'
import type { SigningRotation } from '../keys/signing-keys.ts'
import type { Log } from '../log.ts'
import { createPasswords, type Passwords } from '../users/password.ts'
import { openRootKeys } from './root-keys.ts'
import { signingRotation } from './signing-rotation.ts'

/** What a command and a server both need: the database and the keys. */
export interface Core extends Pick<Database, 'db' | 'pool'> {
  readonly config: Config
  readonly log: Log
  readonly rootKeys: RootKeys
  readonly incarnation: string
  readonly serverKeys: ServerKeys
  readonly auditKeys: AuditKeys
  readonly signingRotation: SigningRotation
  readonly passwords: Passwords
}

/** Builds the core on a migrated database, in the order in which its parts need each other. */
export async function createCore(config: Config, log: Log, database: Database): Promise<Core> {
  const { db, pool } = database
  const rootKeys = await openRootKeys(config.rootKey)
  const incarnation = await loadIncarnation(db)
  const serverKeys = await loadServerKeys({ db, rootKeys, incarnation })
  // Only now: a key that opens nothing here is not in use.
  await noteRootVersion({ db, rootKeys }, { kind: 'system' })
  return {
    config,
    log,
    db,
    pool,
    rootKeys,
    incarnation,
    serverKeys,
    auditKeys: createAuditKeys({ rootKeys }),
    signingRotation: signingRotation(config),
    passwords: createPasswords(config.passwords),
  }
}
