import { z } from 'zod'
import { appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { newId } from '../ids.ts'
import { type Client, clientProblems, isClientId, needsSecret } from './client.ts'
import { type ClientMetadata, registeredMetadata } from './client-metadata.ts'
import { saveRegistered } from './client-store.ts'
import { clientSecretHash, type DurableKeys } from './secrets.ts'

interface Deps {
  readonly db: Db
  readonly serverKeys: DurableKeys
}

export interface Registration {
  readonly clientId: string
  /** As the provider has judged it, its `client_id` and `client_secret` included or not. */
  readonly metadata: object
  /** Null at a change that keeps the secret. */
  readonly secret: string | null
}

/**
 * Keeps what a client registered of itself (RFC 7591), or changed of it (RFC 7592). It never
 * reaches a client that an operator made, and it is never exempt from PKCE.
 */
export async function saveRegisteredClient(deps: Deps, input: Registration): Promise<Client> {
  const { clientId } = input
  const metadata = metadataOf(input.metadata)
  if (!isClientId(clientId)) throw new DomainError('invalid_request', 'not a client id')
  const isSecretNeeded = needsSecret(metadata)
  const secretHash =
    isSecretNeeded && input.secret !== null ? clientSecretHash(deps.serverKeys, input.secret) : null

  return transaction(deps.db, async (tx) => {
    const values = { id: newId<'cli'>(), clientId, metadata, secretHash }
    const saved = await saveRegistered(tx, { ...values, needsSecret: isSecretNeeded })
    if (!saved) throw new DomainError('client_exists', 'the client id is taken')
    if (isSecretNeeded && saved.client.secretHash === null)
      throw new DomainError('invalid_request', 'a client without a secret cannot present it')
    await appendEntry(tx, {
      action: saved.created ? 'client.registered' : 'client.registration_changed',
      actor: { kind: 'client', id: saved.client.id },
      subject: { kind: 'client', id: saved.client.id },
      detail: { client_id: clientId },
    })
    return saved.client
  })
}

function metadataOf(input: object): ClientMetadata {
  const { client_id, client_secret, ...described } = input as Readonly<Record<string, unknown>>
  const parsed = registeredMetadata.safeParse(described)
  if (!parsed.success) throw new DomainError('invalid_request', z.prettifyError(parsed.error))
  const problems = clientProblems(parsed.data, false)
  if (problems.length > 0) throw new DomainError('invalid_request', problems.join('\n'))
  return parsed.data
}
