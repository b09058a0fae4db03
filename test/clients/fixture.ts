import { localRootKeys } from '../../src/crypto/root-key.ts'
import { makeSecret } from '../../src/crypto/secret.ts'
import type { Db } from '../../src/database/transaction.ts'
import { loadServerKeys, type ServerKeys } from '../../src/keys/data-keys.ts'
import { test as base } from '../support/database.ts'

export { expect } from 'playwright/test'

export const OPERATOR = { kind: 'operator' } as const
export const WEB = { redirect_uris: ['https://app.example.com/cb'] }
export const PUBLIC = { ...WEB, token_endpoint_auth_method: 'none' }

interface Deps {
  readonly db: Db
  readonly serverKeys: ServerKeys
}

export const test = base.extend<{ deps: Deps }>({
  deps: async ({ database: { db } }, use) => {
    const rootKeys = localRootKeys([{ secret: makeSecret() }])
    await use({ db, serverKeys: await loadServerKeys({ db, rootKeys, incarnation: 'a test' }) })
  },
})
