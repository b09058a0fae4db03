import type { Sql } from '../../database/sql.ts'
import type { LoginId } from '../../ids.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { type Context, openContext } from '../context/context.ts'
import type { Login } from './login.ts'
import { isProvenLately, type LiveLoginRow, liveLoginsBeside } from './logins-of-store.ts'

interface Deps {
  readonly db: Sql
  readonly keyring: Pick<Keyring, 'loginKey'>
}

/** A login as its own person may see it. */
export interface OpenLogin {
  readonly id: LoginId
  readonly createdAt: Date
  readonly lastSeenAt: Date
  /** Where it began; empty when that cannot be told. */
  readonly context: Context
}

/** The live logins of the person of one login: this one first, then the last used, a stretch of them. */
export async function loginsBeside(
  deps: Deps,
  login: Pick<Login, 'id' | 'userId'>,
  stretch: { readonly from: number; readonly limit: number },
): Promise<OpenLogin[]> {
  const rows = await liveLoginsBeside(deps.db, login, stretch)
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      createdAt: row.created_at,
      lastSeenAt: row.last_seen_at,
      context: await contextOf(deps, row),
    })),
  )
}

// A key that does not open, for whatever reason, costs a line of the page and not the page.
async function contextOf({ keyring }: Deps, row: LiveLoginRow): Promise<Context> {
  if (!row.context_sealed) return {}
  const { id: loginId, user_id: userId, root_version: rootVersion, secret_wrapped: wrapped } = row
  try {
    const key = await keyring.loginKey({ loginId, userId, rootVersion, wrapped }, 'login-data')
    return openContext(key, ['login', loginId], row.context_sealed)
  } catch {
    return {}
  }
}

/** Whether the person of a login has proved who they are in the last few minutes. */
export function provenLately(db: Sql, id: LoginId): Promise<boolean> {
  return isProvenLately(db, id, LATELY)
}

const LATELY = 600
