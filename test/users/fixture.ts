import { createHook } from 'node:async_hooks'
import { localRootKeys } from '../../src/crypto/root-key.ts'
import { makeSecret } from '../../src/crypto/secret.ts'
import { openDatabase } from '../../src/database/database.ts'
import { createLimiter } from '../../src/database/limiter.ts'
import { type AuditKeys, createAuditKeys } from '../../src/keys/audit-keys.ts'
import { loadServerKeys, type ServerKeys } from '../../src/keys/data-keys.ts'
import { createFactorThrottle } from '../../src/users/factors/factor-throttle.ts'
import { createFailureTally } from '../../src/users/failure-tally.ts'
import { createLoginThrottle } from '../../src/users/login-throttle.ts'
import { createPasswords, type PasswordSettings } from '../../src/users/password.ts'
import { test as base, type TestDatabase } from '../support/database.ts'
import { QUIET, SMALL } from '../support/database-address.ts'

export { expect } from 'playwright/test'

export const OPERATOR = { kind: 'operator' } as const

/** Cheaper than any server may be configured: what is tested is the number of calls, not their price. */
export const CHEAP: PasswordSettings = {
  memoryKiB: 1024,
  iterations: 2,
  parallelism: 1,
  maxConcurrentHashes: 2,
}

export const ISSUER = 'http://localhost:8080'

const THROTTLE = {
  perUser: { points: 3, window: 900 },
  perAddress: { points: 8, window: 900 },
}

type Services = ReturnType<typeof servicesOn>

export const test = base.extend<{ services: Services; other: Services; keys: Keys }>({
  keys: async ({ database }, use) => use(await keysOf(database)),
  services: async ({ database, keys }, use) => use(servicesOn(database, keys)),
  /** The same on another connection, as a second server process has it. */
  other: async ({ database, keys }, use) => {
    const second = openDatabase({ ...SMALL, url: database.url }, QUIET)
    await use(servicesOn(second, keys))
    await second.close()
  },
})

interface Keys {
  readonly serverKeys: ServerKeys
  readonly auditKeys: AuditKeys
}

async function keysOf({ db }: TestDatabase): Promise<Keys> {
  const rootKeys = localRootKeys([{ secret: makeSecret() }])
  const serverKeys = await loadServerKeys({ db, rootKeys, incarnation: 'a test' })
  return { serverKeys, auditKeys: createAuditKeys({ rootKeys }) }
}

function servicesOn({ db, pool }: Pick<TestDatabase, 'db' | 'pool'>, keys: Keys) {
  const throttle = createLoginThrottle({
    limiter: (options) => createLimiter(pool, options),
    serverKeys: keys.serverKeys,
    throttle: THROTTLE,
  })
  const failures = createFailureTally({ db })
  const factorThrottle = createFactorThrottle({
    limiter: (options) => createLimiter(pool, options),
    serverKeys: keys.serverKeys,
    throttle: THROTTLE,
  })
  const config = { issuer: ISSUER }
  const passwords = createPasswords(CHEAP)
  return { db, ...keys, throttle, failures, factorThrottle, config, passwords }
}

/** How often argon2 did its work meanwhile; the runtime tells, so that no word of ours has to be believed. */
export async function argon2Runs(work: () => Promise<unknown>): Promise<number> {
  let runs = 0
  const hook = createHook({
    init: (_id, type) => {
      if (type.startsWith('argon2:')) runs += 1
    },
  })
  hook.enable()
  await work().finally(() => hook.disable())
  return runs
}
