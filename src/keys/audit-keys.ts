import { randomUUID } from 'node:crypto'
import type { SealedContext } from '../audit/append-entry.ts'
import { ANY_INCARNATION, deriveKey } from '../crypto/derive.ts'
import { openJson, sealJson } from '../crypto/envelope.ts'
import type { RootKeys } from '../crypto/root-key.ts'
import { makeSecret, wipe } from '../crypto/secret.ts'
import type { Sql } from '../database/sql.ts'
import {
  type AuditKeyRow,
  type AuditPlace,
  destroyAuditKeysBefore,
  findAuditKey,
  findAuditKeyFor,
  insertAuditKey,
} from './audit-key-store.ts'
import { SecretCache, type SecretMark } from './secret-cache.ts'
import { wrappedAt } from './wrapped-columns.ts'

/**
 * Seals the context inside audit entries under the workspace's key of the month. These keys outlive
 * sessions and restores, and are destroyed when the retention of their month is over.
 */
export interface AuditKeys {
  seal(tx: Sql, at: AuditMoment, context: object): Promise<SealedContext>
  /** The context, or `null` when its key was destroyed or the bytes were altered. */
  open(db: Sql, sealed: SealedContext): Promise<unknown>
}

export interface AuditMoment {
  readonly workspaceId: string | null
  readonly at: Date
}

const LIMIT = 2000

export function createAuditKeys({ rootKeys }: { readonly rootKeys: RootKeys }): AuditKeys {
  const held = new SecretCache(LIMIT, () => performance.now())
  const current = new Map<string, SecretMark>()

  async function keyOf(row: AuditKeyRow): Promise<Buffer> {
    const known = held.get(markOf(row))
    if (known) return known.secret
    const secret = await rootKeys.unwrap(row.wrapped, placeOf(row))
    const key = deriveKey(secret, { salt: row.id, incarnation: ANY_INCARNATION, purpose: 'audit' })
    wipe(secret)
    // A key that a failing transaction takes back would seal what nobody can ever open.
    return row.isCommitted ? held.put(markOf(row), key).secret : key
  }

  async function currentKey(tx: Sql, place: AuditPlace): Promise<readonly [string, Buffer]> {
    const mark = current.get(ownerOf(place))
    const known = mark && held.get(mark)
    if (known) return [mark.id, known.secret]

    const row = (await findAuditKeyFor(tx, place)) ?? (await makeAuditKey(rootKeys, tx, place))
    if (row.isCommitted) remember(row)
    return [row.id, await keyOf(row)]
  }

  function remember(row: AuditKeyRow): void {
    if (current.size >= LIMIT) current.clear()
    current.set(ownerOf(row), markOf(row))
  }

  return {
    async seal(tx, { workspaceId, at }, context) {
      const month = at.toISOString().slice(0, 7)
      const [keyId, key] = await currentKey(tx, { workspaceId, month })
      return { keyId, bytes: sealJson(key, context, aadOf(keyId)) }
    },
    async open(db, { keyId, bytes }) {
      const row = await findAuditKey(db, keyId)
      return row && openJson(await keyOf(row), bytes, aadOf(keyId))
    },
  }
}

/** Destroys the keys of the months that were over before this moment; resolves to their number. */
export function destroyAuditKeys(db: Sql, before: Date): Promise<number> {
  return destroyAuditKeysBefore(db, before.toISOString().slice(0, 7))
}

async function makeAuditKey(rootKeys: RootKeys, tx: Sql, place: AuditPlace): Promise<AuditKeyRow> {
  const id = randomUUID()
  const secret = makeSecret()
  const wrapped = await rootKeys.wrap(secret, placeOf({ ...place, id }))
  wipe(secret)
  await insertAuditKey(tx, { ...place, id, wrapped })
  const row = await findAuditKeyFor(tx, place)
  if (!row) throw new Error(`the audit key of ${place.month} was destroyed within its month`)
  return row
}

function placeOf(key: AuditPlace & { readonly id: string }): readonly string[] {
  return wrappedAt('audit_key', key.id, ownerOf(key))
}

function ownerOf({ workspaceId, month }: AuditPlace): string {
  return `${workspaceId ?? ''}:${month}`
}

function markOf(row: AuditKeyRow): SecretMark {
  return { id: row.id, owner: ownerOf(row), wrapped: row.wrapped.bytes }
}

function aadOf(keyId: string): readonly string[] {
  return ['entry', 'context_sealed', keyId]
}
