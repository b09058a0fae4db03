import type { FactorId, UserId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'

type Keys = Pick<ServerKeys, 'durable'>

interface Place {
  readonly id: FactorId
  readonly userId: UserId
}

// Under a key that a restore brings back: nobody should lose their second factor with a server.
export function sealTotp({ durable }: Keys, place: Place, secret: Buffer): Buffer {
  return durable.seal('totp', fieldsOf(place), secret)
}

export function openTotp(
  { durable }: Keys,
  totp: Place & { readonly secret_sealed: Buffer },
): Buffer | null {
  return durable.open('totp', fieldsOf(totp), totp.secret_sealed)
}

/** Bound to its owner: a row that somebody moves to another person opens nothing. */
function fieldsOf({ id, userId }: Place): readonly string[] {
  return ['factor', id, userId, 'secret']
}
