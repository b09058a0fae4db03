import { randomUUID } from 'node:crypto'
import { localRootKeys, type RootKeys } from '../../src/crypto/root-key.ts'
import type { Sql } from '../../src/database/sql.ts'
import { type Db, sqlTransaction } from '../../src/database/transaction.ts'
import { createKeyring, type Keyring, type KeyringOptions } from '../../src/keys/keyring.ts'
import type { SessionKeyRow } from '../../src/keys/session-keys.ts'

export const DAY = 24 * 3600
export const INCARNATION = '018f6b1e-7c3a-7000-8000-0000000000aa'

export const OLD_ROOT = { secret: Buffer.alloc(32, 1), createdAt: new Date('2026-01-01T00:00:00Z') }
export const NEW_ROOT = { secret: Buffer.alloc(32, 2), createdAt: new Date('2026-02-01T00:00:00Z') }
export const ROOT = localRootKeys([OLD_ROOT])

/** Root keys that count, and may delay, what is asked of them, as a KMS far away would. */
export function countingRoot(inner: RootKeys = ROOT): RootKeys & { readonly unwraps: number } {
  const count = { unwraps: 0 }
  return {
    ...inner,
    get unwraps() {
      return count.unwraps
    },
    unwrap: async (...args) => {
      count.unwraps += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
      return inner.unwrap(...args)
    },
  }
}

export function keyringOver(db: Db, options: Partial<KeyringOptions> = {}): Keyring {
  return createKeyring({
    db,
    rootKeys: ROOT,
    incarnation: INCARNATION,
    epochRotation: DAY,
    ...options,
  })
}

export async function givenWorkspace(db: Db): Promise<string> {
  const id = randomUUID()
  await db.prisma.workspace.create({ data: { id, slug: id, name: 'Workspace' } })
  return id
}

/** A live session with a secret of its own, as its row tells of it. */
export function givenSession(
  db: Db,
  keyring: Keyring,
  workspaceId: string,
): Promise<SessionKeyRow> {
  return sqlTransaction(db, (tx) => insertSession(tx, keyring, workspaceId))
}

export async function insertSession(
  tx: Sql,
  keyring: Keyring,
  workspaceId: string,
): Promise<SessionKeyRow> {
  const sessionId = randomUUID()
  const secret = await keyring.createSessionSecret(tx, { sessionId, workspaceId })
  await tx.execute(INSERT_SESSION, [sessionId, workspaceId, secret.epochId, secret.wrapped])
  return { sessionId, workspaceId, ...secret }
}

/** A transaction that has done its work and commits when it is told to. */
export function openTransaction<T>(db: Db, work: (tx: Sql) => Promise<T>) {
  const done = Promise.withResolvers<T>()
  const commit = Promise.withResolvers<void>()
  const over = sqlTransaction(db, async (tx) => {
    done.resolve(await work(tx))
    await commit.promise
  })
  over.catch(done.reject)
  return {
    done: done.promise,
    commit: () => {
      commit.resolve()
      return over
    },
  }
}

const INSERT_SESSION = {
  name: 'test_insert_session',
  text: `
    INSERT INTO session (id, kind, workspace_id, epoch_id, secret_wrapped, created_at, last_seen_at,
      absolute_end_at, idle_timeout)
    VALUES ($1, 'api', $2, $3, $4, now(), now(), now() + interval '8 hours', 1800)`,
}

/** Marks the session as ended and destroys its key, as the one end does. */
export async function endedSession(db: Db, { sessionId }: SessionKeyRow): Promise<void> {
  await db.prisma.session.update({
    where: { id: sessionId },
    data: { endedAt: new Date(), secretWrapped: null },
  })
}

export async function givenLogin(db: Db, keyring: Keyring) {
  const [loginId, userId] = [randomUUID(), randomUUID()]
  const secret = await keyring.createLoginSecret({ loginId, userId })
  const at = new Date()
  await db.prisma.login.create({
    data: {
      id: loginId,
      userId,
      authTime: at,
      acr: '1',
      secretWrapped: Buffer.from(secret.wrapped),
      rootVersion: secret.rootVersion,
      createdAt: at,
      lastSeenAt: at,
      idleTimeout: 1800,
      absoluteEndAt: new Date(at.getTime() + DAY * 1000),
    },
  })
  return { loginId, userId, ...secret }
}
