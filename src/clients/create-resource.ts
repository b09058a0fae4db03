import { z } from 'zod'
import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { ClientId } from '../ids.ts'
import { explainIssues } from '../lib/explain-issues.ts'
import { isPlainText } from '../lib/text.ts'
import { selectClientById } from './client-store.ts'
import type { Resource } from './resource.ts'
import { insertResource } from './resource-store.ts'
import { isResourceIdentifier } from './uris.ts'

const description = z
  .strictObject({
    identifier: z.string().refine(isResourceIdentifier, 'is no absolute URI without a fragment'),
    name: z
      .string()
      .min(1)
      .refine((text) => isPlainText(text, 120), 'is not one line of text'),
    // RFC 6749 §3.3.
    scopes: z
      .array(
        z
          .string()
          .max(100)
          .regex(/^[!#-[\]-~]+$/, 'is no scope'),
      )
      .max(100)
      .default([]),
    tokenFormat: z.enum(['jwt', 'opaque']).default('opaque'),
    alg: z.enum(['ES256', 'RS256']).nullable().default(null),
  })
  .refine(({ alg, tokenFormat }) => alg === null || tokenFormat === 'jwt', {
    path: ['alg'],
    error: 'an opaque token is not signed',
  })

export type ResourceDescription = z.input<typeof description>

export interface NewResource {
  readonly description: ResourceDescription
  /** Who may introspect tokens for it. */
  readonly clientId?: ClientId | undefined
  readonly by: Actor
}

/** Makes an API known, so that clients may ask for access tokens to it. */
export async function createResource(db: Db, input: NewResource): Promise<Resource> {
  const parsed = description.safeParse(input.description)
  if (!parsed.success) throw new DomainError('invalid_request', explainIssues(parsed.error))
  const clientId = input.clientId ?? null
  const scopes = [...new Set(parsed.data.scopes)]

  return transaction(db, async (tx) => {
    if (clientId && !(await selectClientById(tx, clientId)))
      throw new DomainError('client_not_found', 'no such client')
    const resource = await insertResource(tx, { ...parsed.data, scopes, clientId })
    if (!resource) throw new DomainError('conflict', 'the identifier is taken')
    await appendEntry(tx, {
      action: 'resource.created',
      actor: input.by,
      subject: { kind: 'resource', id: resource.id },
      detail: { identifier: resource.identifier, token_format: resource.tokenFormat },
    })
    return resource
  })
}
