import type { Command } from 'commander'
import { dismissFromWorkspace } from '../access/dismiss-client.ts'
import { admitClient } from '../clients/admissions.ts'
import { findClient } from '../clients/find-client.ts'
import type { Db } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { Answer } from './answer.ts'
import { addCommand, answering, type CommonOptions } from './command.ts'
import { mustFindWorkspace } from './memberships.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

/** `client admit` and `client dismiss`: whose sessions a service may see, make and end. */
export function addAdmissionCommands(client: Command, terminal: Terminal): void {
  addCommand(
    client,
    'admit <client> <workspace>',
    "Let a service at a workspace's sessions",
  ).action(
    answering<CommonOptions>(terminal, (options, [name = '', workspace = '']) =>
      withCore(terminal, options, ({ db }) => admit(db, name, workspace)),
    ),
  )
  addCommand(client, 'dismiss <client> <workspace>', 'Take that back; its own sessions end').action(
    answering<CommonOptions>(terminal, (options, [name = '', workspace = '']) =>
      withCore(terminal, options, ({ db }) => dismiss(db, name, workspace)),
    ),
  )
}

async function admit(db: Db, name: string, workspace: string): Promise<Answer> {
  const place = await placeOf(db, name, workspace)
  const isNew = await admitClient(db, place)
  const text = isNew ? `${name} may manage sessions in ${workspace}` : `${name} might already`
  return { data: { client_id: name, workspace: place.slug, admitted: isNew }, text }
}

async function dismiss(db: Db, name: string, workspace: string): Promise<Answer> {
  const place = await placeOf(db, name, workspace)
  const ended = await dismissFromWorkspace({ db }, place)
  const text = `${name} may not manage sessions in ${workspace} any more; ${ended.length} of its own ended`
  return { data: { client_id: name, workspace: place.slug, ended: ended.length }, text }
}

async function placeOf(db: Db, name: string, workspace: string) {
  const client = await findClient(db, name)
  if (!client) throw new DomainError('client_not_found', `no client ${name}`)
  const { id: workspaceId, slug } = await mustFindWorkspace(db, workspace)
  return { clientId: client.id, workspaceId, slug, by: OPERATOR }
}
