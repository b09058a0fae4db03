import type { LoginPurpose } from '../crypto/derive.ts'
import type { RootKeys } from '../crypto/root-key.ts'
import { makeSecret } from '../crypto/secret.ts'
import { DomainError } from '../errors.ts'
import { type CachedSecret, derivedOnce, SecretCache, whenReady } from './secret-cache.ts'
import { wrappedAt } from './wrapped-columns.ts'

/** What a login's row, just read, says of its key. */
export interface LoginKeyRow {
  readonly loginId: string
  readonly userId: string
  readonly rootVersion: string
  readonly wrapped: Uint8Array | null
}

/** What a login's row stores of its key. */
export interface WrappedLoginSecret {
  readonly rootVersion: string
  readonly wrapped: Uint8Array
}

/** Keys of logins, under the same terms as those of sessions. */
export interface LoginKeys {
  loginSecret(row: LoginKeyRow): Buffer | Promise<Buffer>
  loginKey(row: LoginKeyRow, purpose: LoginPurpose): Buffer | Promise<Buffer>
  createLoginSecret(login: LoginPlace): Promise<WrappedLoginSecret>
  forgetLogin(loginId: string): void
  sweepLogins(seconds: number): void
}

export interface LoginKeysOptions {
  readonly rootKeys: RootKeys
  readonly incarnation: string
  readonly limit: number
  readonly clock: () => number
}

type LoginPlace = Pick<LoginKeyRow, 'loginId' | 'userId'>

export function createLoginKeys(options: LoginKeysOptions): LoginKeys {
  const { rootKeys, incarnation, limit, clock } = options
  const secrets = new SecretCache(limit, clock)

  function hold(row: LoginKeyRow): CachedSecret | Promise<CachedSecret> {
    const { rootVersion, wrapped } = row
    if (!wrapped) throw new DomainError('key_destroyed', 'the key ended with the login')
    return secrets.get(markOf(row, wrapped)) ?? load(row, { version: rootVersion, bytes: wrapped })
  }

  async function load(row: LoginPlace, wrapped: { version: string; bytes: Uint8Array }) {
    const secret = await rootKeys.unwrap(wrapped, placeOf(row))
    const mark = markOf(row, wrapped.bytes)
    return secrets.get(mark) ?? secrets.put(mark, secret)
  }

  return {
    loginSecret: (row) => whenReady(hold(row), ({ secret }) => secret),
    loginKey: (row, purpose) =>
      whenReady(hold(row), (held) =>
        derivedOnce(held, { salt: row.loginId, incarnation, purpose }),
      ),
    createLoginSecret: async (login) => {
      const secret = makeSecret()
      const { version, bytes } = await rootKeys.wrap(secret, placeOf(login))
      secrets.put(markOf(login, bytes), secret)
      return { rootVersion: version, wrapped: bytes }
    },
    forgetLogin: (id) => secrets.forget(id),
    sweepLogins: (seconds) => secrets.sweep(seconds),
  }
}

function placeOf({ loginId, userId }: LoginPlace): readonly string[] {
  return wrappedAt('login', loginId, userId)
}

function markOf({ loginId, userId }: LoginPlace, wrapped: Uint8Array) {
  return { id: loginId, owner: userId, wrapped }
}
