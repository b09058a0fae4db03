import { formatId } from '../../ids.ts'
import type { CheckedGrant } from '../checked-grant.ts'
import { adapterOf, epochSeconds, type ModelAdapter, type Payload } from '../payload.ts'
import { currentState } from '../request-state.ts'

/**
 * A grant is read together with what refers to it, in the same statement; so by the time the
 * library asks for it, the request holds it. What the request does not hold does not exist for it.
 */
export function grantAdapter(): ModelAdapter {
  return adapterOf('Grant', {
    find: async (id) => {
      const checked = currentState()?.checked
      return checked?.grantId === id ? grantPayload(checked) : undefined
    },
    destroy: async () => undefined,
  })
}

export function grantPayload(checked: CheckedGrant): Payload {
  const { userId } = checked.session
  return {
    kind: 'Grant',
    jti: checked.grantId,
    clientId: checked.clientName,
    accountId: userId ? formatId('usr', userId) : undefined,
    ...checked.scopes,
    iat: epochSeconds(checked.createdAt),
    exp: epochSeconds(checked.session.absoluteEndAt),
  }
}
