import { findClient } from '../clients/find-client.ts'
import type { Sql } from '../database/sql.ts'
import { roleSubject } from '../decisions/policy.ts'
import type { PolicyLevel } from '../decisions/policy-level.ts'
import { DomainError } from '../errors.ts'
import { type ClientId, formatId, type WorkspaceId } from '../ids.ts'
import { LEVELS } from '../sessions/login/level.ts'
import { findWorkspace } from '../workspaces/find-workspace.ts'
import { UsageError } from './refusal.ts'

export type StoredLevel = Exclude<PolicyLevel, 'server'>

/** Those that are kept in the database; the server's own rules are configuration. */
export const STORED_LEVELS = [
  'workspace',
  'client',
  'role',
  'acr',
] as const satisfies readonly StoredLevel[]

/** A level with whom it names, as an operator writes it. */
export interface Named {
  readonly level: string
  readonly subject: string
}

export interface PolicyPlace {
  readonly level: StoredLevel
  readonly subject: string
  /** Whose audit it belongs to; null for a policy of more than one. */
  readonly workspaceId: WorkspaceId | null
}

export function parseLevel(text: string): StoredLevel {
  if (text === 'server')
    throw new DomainError(
      'invalid_request',
      'the rules of the server are configuration: session_manager.security.session_policies in sojourn.yaml',
    )
  const level = STORED_LEVELS.find((one) => one === text)
  if (!level) throw new UsageError(`a level is one of ${STORED_LEVELS.join(', ')}`)
  return level
}

/** Whom a policy is about, as it is stored. */
export async function placeOf(db: Sql, named: Named): Promise<PolicyPlace> {
  const level = parseLevel(named.level)
  switch (level) {
    case 'workspace': {
      const id = await workspaceOf(db, named.subject)
      return { level, subject: id, workspaceId: id }
    }
    case 'client': {
      const client = await findClient(db, named.subject)
      if (!client) throw new DomainError('client_not_found', `no client ${named.subject}`)
      return { level, subject: client.id, workspaceId: null }
    }
    case 'role':
      return roleIn(db, named.subject)
    case 'acr':
      if (!LEVELS.includes(named.subject))
        throw new DomainError('invalid_request', `a level is one of ${LEVELS.join(', ')}`)
      return { level, subject: named.subject, workspaceId: null }
  }
}

async function roleIn(db: Sql, text: string): Promise<PolicyPlace> {
  const [workspace = '', role = '', ...rest] = text.split('/')
  if (!/^[^\s:]{1,64}$/.test(role) || rest.length > 0)
    throw new UsageError('a role is written workspace/role')
  const id = await workspaceOf(db, workspace)
  return { level: 'role', subject: roleSubject(id, role), workspaceId: id }
}

async function workspaceOf(db: Sql, reference: string): Promise<WorkspaceId> {
  const workspace = await findWorkspace(db, reference)
  if (!workspace) throw new DomainError('workspace_not_found', `no workspace ${reference}`)
  return workspace.id
}

/** How a stored subject is written outside. */
export function presentSubject(level: PolicyLevel, subject: string): string {
  const [workspace, ...role] = subject.split('/')
  if (level === 'workspace') return formatId('wsp', subject as WorkspaceId)
  if (level === 'client') return formatId('cli', subject as ClientId)
  return level === 'role'
    ? `${formatId('wsp', workspace as WorkspaceId)}/${role.join('/')}`
    : subject
}
