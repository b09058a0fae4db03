import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { isSlug, isWorkspaceName, type Workspace } from './workspace.ts'
import { insertWorkspace } from './workspace-store.ts'

export interface NewWorkspace {
  readonly slug: string
  readonly name: string
  readonly by: Actor
}

/** Makes a workspace without members; its keys are made with its first session. */
export async function createWorkspace(db: Db, { by, ...values }: NewWorkspace): Promise<Workspace> {
  if (!isSlug(values.slug))
    throw new DomainError('invalid_request', 'a slug is a-z, 0-9 and single hyphens, at most 63')
  if (!isWorkspaceName(values.name))
    throw new DomainError('invalid_request', 'a name is one line of at most 120 characters')

  return transaction(db, async (tx) => {
    const workspace = await insertWorkspace(tx, values)
    if (!workspace) throw new DomainError('workspace_exists', 'the slug is taken')
    await appendEntry(tx, {
      action: 'workspace.created',
      actor: by,
      subject: { kind: 'workspace', id: workspace.id },
      workspaceId: workspace.id,
      detail: { slug: workspace.slug },
    })
    return workspace
  })
}
