import type { ClientId, LoginId } from '../../ids.ts'
import type { Entered } from './enter-workspace.ts'
import type { WantedGrant } from './grant-for.ts'

/** A person's arrival at a client: all that an authorization request writes that ends in a code. */
export interface Arrival extends Entered {
  readonly clientId: ClientId
  readonly grant: WantedGrant
  readonly code: ArrivalCode
  /** A new cookie of the browser's login. */
  readonly cookie: LoginCookie | null
  /** The interaction that has led here, by its hash. */
  readonly interaction: Buffer | null
}

export interface ArrivalCode {
  readonly hash: Buffer
  readonly payloadSealed: Buffer
  /** Seconds. */
  readonly expiresIn: number
}

export interface LoginCookie {
  readonly loginId: LoginId
  readonly hash: Buffer
}
