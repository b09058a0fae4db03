import type { Client } from '../../clients/client.ts'
import { coalesce } from '../../database/coalesce.ts'
import type { Sql } from '../../database/sql.ts'
import type { SessionId } from '../../ids.ts'
import type { BriefStay } from '../brief-stay.ts'
import type { Elevated } from '../elevation-column.ts'
import { readIntrospections } from './introspection-store.ts'

/** Who asks, and what the token that is asked about stands on: a session, or a service alone. */
export interface IntrospectionKey {
  readonly clientId: string
  readonly sessionId: SessionId | null
  readonly service: { readonly clientId: string; readonly jti: string } | null
}

/** All that the answer to an introspection depends on, from one statement. */
export interface IntrospectionCheck {
  /** Null for a client that is unknown or disabled. */
  readonly client: AskingClient | null
  readonly stay: ToldStay | undefined
  /** Whether the service's client stands and the token was not revoked. */
  readonly serviceStands: boolean
}

/** A stay with what it is given for a while. */
export interface ToldStay extends BriefStay {
  readonly elevated: Elevated | null
}

export interface AskingClient extends Pick<Client, 'clientId' | 'secretHash'> {
  readonly authMethod: string | null
  /** Whether its secret has a time limit, which only the provider knows how to judge. */
  readonly secretExpires: boolean
  /** Identifiers of the resources whose tokens it may look at. */
  readonly resources: readonly string[]
}

export type ReadIntrospection = (key: IntrospectionKey) => Promise<IntrospectionCheck>

const NOTHING: IntrospectionCheck = { client: null, stay: undefined, serviceStands: false }

/** Reads for the introspections that are asked for at about the same time, in one statement. */
export function introspectionReader(db: Sql): ReadIntrospection {
  const read = coalesce<IntrospectionKey, IntrospectionCheck>(
    async (keys) => {
      const checks = await readIntrospections(db, keys)
      return new Map(keys.map((key, at) => [nameOf(key), checks[at] ?? NOTHING]))
    },
    { keyOf: nameOf, maxBatch: 100, maxInFlight: 2 },
  )
  return async (key) => (await read(key)) ?? NOTHING
}

function nameOf({ clientId, sessionId, service }: IntrospectionKey): string {
  return `${clientId} ${sessionId ?? ''} ${service ? `${service.clientId} ${service.jti}` : ''}`
}
