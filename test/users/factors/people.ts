import { randomUUID } from 'node:crypto'
import { TOTP } from 'otpauth'
import type { Db } from '../../../src/database/transaction.ts'
import { transaction } from '../../../src/database/transaction.ts'
import type { LoginId, UserId } from '../../../src/ids.ts'
import type { ServerKeys } from '../../../src/keys/data-keys.ts'
import { createUser } from '../../../src/users/create-user.ts'
import { addTotp } from '../../../src/users/factors/enrol-totp.ts'
import { noteAdded } from '../../../src/users/factors/note-added.ts'
import { makeTotpSecret, totpText } from '../../../src/users/factors/totp.ts'
import type { Passwords } from '../../../src/users/password.ts'
import { OPERATOR } from '../fixture.ts'

/**
 * What an authenticator app shows, so many seconds from now. A test takes the present code or the
 * next one: an older one may be out of date by the time that it arrives.
 */
export function codeOf(secret: Buffer | string, later = 0): string {
  const text = typeof secret === 'string' ? secret : totpText(secret)
  const totp = new TOTP({ secret: text.replaceAll(' ', '') })
  return totp.generate({ timestamp: Date.now() + later * 1000 })
}

export interface Owner {
  readonly userId: UserId
  readonly secret: Buffer
  readonly recoveryCodes: readonly string[]
}

interface Deps {
  readonly db: Db
  readonly passwords: Passwords
  readonly serverKeys: Pick<ServerKeys, 'data' | 'durable' | 'durableHash' | 'lookupHash'>
}

export const A_LOGIN = randomUUID() as LoginId

/** Somebody with an authenticator app and recovery codes. */
export async function ownerOn(deps: Deps, username = 'ada'): Promise<Owner> {
  const { id: userId } = await createUser(deps, { username, by: OPERATOR })
  return { userId, ...(await giveTotp(deps, userId)) }
}

/** Gives somebody an app as if long ago: no code of now is spent. */
export function giveTotp(deps: Omit<Deps, 'passwords'>, userId: UserId, loginId = A_LOGIN) {
  const secret = makeTotpSecret()
  return transaction(deps.db, async (tx) => {
    const app = { userId, loginId, secret, code: codeOf(secret), name: 'App' }
    if (!(await addTotp(deps.serverKeys, tx, app))) throw new Error('the code is wrong')
    await tx.prisma.factor.updateMany({ where: { userId }, data: { lastStep: 0 } })
    return { secret, recoveryCodes: (await noteAdded(deps.serverKeys, tx, userId)) ?? [] }
  })
}
