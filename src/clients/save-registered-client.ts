import { appendEntry } from '../audit/append-entry.ts'
import type { Sql } from '../database/sql.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { newId } from '../ids.ts'
import { explainIssues } from '../lib/explain-issues.ts'
import { type Client, clientProblems, grantTypesOf, isClientId, needsSecret } from './client.ts'
import { type ClientMetadata, registeredMetadata } from './client-metadata.ts'
import { saveRegistered } from './client-store.ts'
import { findClient } from './find-client.ts'
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
    await mustKeepSubjects(tx, clientId, metadata)
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
  if (!parsed.success) throw new DomainError('invalid_request', explainIssues(parsed.error))
  const problems = [...clientProblems(parsed.data, false), ...serviceProblems(parsed.data)]
  if (problems.length > 0) throw new DomainError('invalid_request', problems.join('\n'))
  return parsed.data
}

// Nobody vouches for it, and a service's tokens ask nobody.
function serviceProblems(metadata: ClientMetadata): string[] {
  const asks = grantTypesOf(metadata).includes('client_credentials')
  return asks ? ['grant_types: client_credentials is for clients that an operator made'] : []
}

/**
 * Who knows people by pseudonyms goes on doing so in the same sector: changing it would tell a
 * client how another sector knows them, or who they are (OpenID Connect Core §8.1).
 */
async function mustKeepSubjects(
  tx: Sql,
  clientId: string,
  metadata: ClientMetadata,
): Promise<void> {
  const known = await findClient(tx, clientId)
  if (known && subjectsOf(known.metadata) !== subjectsOf(metadata))
    throw new DomainError('invalid_request', 'subject_type and its sector cannot be changed')
}

function subjectsOf(metadata: ClientMetadata): string {
  if (metadata.subject_type !== 'pairwise') return 'public'
  const uri = metadata.sector_identifier_uri ?? metadata.redirect_uris?.[0] ?? ''
  return `pairwise ${URL.parse(uri)?.host ?? ''}`
}
