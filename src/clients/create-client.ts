import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { formatId, newId } from '../ids.ts'
import { explainIssues } from '../lib/explain-issues.ts'
import type { Redacted } from '../lib/redacted.ts'
import { type Client, clientProblems, isClientId, needsSecret } from './client.ts'
import { type ClientMetadata, operatorMetadata } from './client-metadata.ts'
import { insertClient } from './client-store.ts'
import { clientSecretHash, type DurableKeys, makeClientSecret } from './secrets.ts'

interface Deps {
  readonly db: Db
  readonly serverKeys: DurableKeys
}

export interface NewClient {
  /** A name to know it by; `cli_…` where none is given. */
  readonly clientId?: string | undefined
  /** RFC 7591's names; judged here, whatever it is. */
  readonly metadata: unknown
  readonly pkceExempt?: boolean | undefined
  /** One that was drawn elsewhere; a fresh one where none is given. */
  readonly secret?: Redacted<string> | undefined
  readonly by: Actor
}

export interface CreatedClient {
  readonly client: Client
  /** To be shown this once; null for a client that has none. */
  readonly secret: Redacted<string> | null
}

/** Makes a client as an operator describes it; all that is wrong with the description is told at once. */
export async function createClient(deps: Deps, input: NewClient): Promise<CreatedClient> {
  const pkceExempt = input.pkceExempt ?? false
  const metadata = metadataOf(input.metadata, pkceExempt)
  const id = newId<'cli'>()
  const clientId = input.clientId ?? formatId('cli', id)
  if (!isClientId(clientId) || (input.clientId ?? '').startsWith('cli_'))
    throw new DomainError('invalid_request', 'a client id is letters, digits and . _ ~ - between')
  const secret = needsSecret(metadata) ? (acceptable(input.secret) ?? makeClientSecret()) : null
  const secretHash = secret && clientSecretHash(deps.serverKeys, secret.reveal())

  return transaction(deps.db, async (tx) => {
    const client = await insertClient(tx, { id, clientId, metadata, pkceExempt, secretHash })
    if (!client) throw new DomainError('client_exists', 'the client id is taken')
    await appendEntry(tx, {
      action: 'client.created',
      actor: input.by,
      subject: { kind: 'client', id },
      detail: { client_id: clientId, pkce_exempt: pkceExempt },
    })
    return { client, secret }
  })
}

// Its hash is a fast one, made for secrets that nobody can guess.
function acceptable(secret: Redacted<string> | undefined): Redacted<string> | undefined {
  if (secret && !/^[\x21-\x7e]{32,256}$/.test(secret.reveal()))
    throw new DomainError('invalid_request', 'a client secret is 32 to 256 visible characters')
  return secret
}

function metadataOf(input: unknown, pkceExempt: boolean): ClientMetadata {
  const parsed = operatorMetadata.safeParse(input)
  if (!parsed.success) throw new DomainError('invalid_request', explainIssues(parsed.error))
  const problems = clientProblems(parsed.data, pkceExempt)
  if (problems.length > 0) throw new DomainError('invalid_request', problems.join('\n'))
  return parsed.data
}
