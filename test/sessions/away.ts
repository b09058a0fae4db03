import type { SessionId } from '../../src/ids.ts'
import { redeem } from '../support/relying-party.ts'
import {
  type Holding,
  heldIn,
  offlineCode,
  offlineOf,
  sessionOf,
  type Visit,
  visitOn,
} from './place.ts'
import type { Stage } from './stage.ts'

/** A person who has said yes to work while they are away, and what their client holds of it. */
export interface Away {
  readonly visit: Visit
  readonly body: Record<string, unknown>
  readonly token: string
  readonly code: NonNullable<Holding['code']>
  /** The session in the browser, and the one that works on without it. */
  readonly here: SessionId
  readonly offline: SessionId
}

export async function away(
  stage: Stage,
  metadata: object = {},
  params: Record<string, string> = {},
): Promise<Away> {
  const visit = await visitOn(stage, metadata)
  const { code } = heldIn(await offlineCode(visit, params))
  const { body } = await redeem(visit.party, code!.code, code!.verifier)
  const [here, offline] = [await sessionOf(visit), await offlineOf(visit)]
  return { visit, body, token: String(body.refresh_token), code: code!, here, offline }
}
