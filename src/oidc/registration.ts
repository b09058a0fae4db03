import { randomBytes } from 'node:crypto'
import { formatId, newId } from '../ids.ts'

/** Identifiers and secrets of clients that register themselves (RFC 7591). */
export const registrationFactories = {
  idFactory: () => formatId('cli', newId<'cli'>()),
  secretFactory: () => `scs_${randomBytes(32).toString('base64url')}`,
}
