import { createHash } from 'node:crypto'
import { sameBytes } from '../../crypto/mac.ts'
import type { Redacted } from '../../lib/redacted.ts'

/** Whether an Authorization header shows the token; takes as long for a near miss as for any other. */
export function isBearer(header: string, token: Redacted<string>): boolean {
  const [, shown] = /^Bearer +(\S+) *$/i.exec(header) ?? []
  return shown !== undefined && sameBytes(digest(shown), digest(token.reveal()))
}

// Of one length, whatever is shown.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
