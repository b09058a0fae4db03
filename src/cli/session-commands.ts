import type { Command } from 'commander'
import type { Db } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { formatId, parseId, type SessionId } from '../ids.ts'
import { endSession } from '../sessions/ending/end.ts'
import { type ListedSession, listSessions } from '../sessions/list-sessions.ts'
import { expiresAt } from '../sessions/session.ts'
import { findUserByUsername } from '../users/find-user.ts'
import { type Answer, table } from './answer.ts'
import { addCommand, answering, type CommonOptions, parseLimit } from './command.ts'
import { mustFindWorkspace } from './memberships.ts'
import { UsageError } from './refusal.ts'
import { type PreviewOptions, preview } from './session-preview.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

interface ListOptions extends CommonOptions {
  readonly user?: string
  readonly workspace?: string
  readonly limit?: number
}

/** `session …`. */
export function addSessionCommands(program: Command, terminal: Terminal): void {
  const session = program.command('session').description('Stays of people and services')
  addCommand(session, 'list', 'Show live sessions, the youngest first')
    .option('--user <username>')
    .option('--workspace <workspace>', 'its slug or identifier')
    .option('--limit <count>', 'at most 1000 (100)', parseLimit)
    .action(answering<ListOptions>(terminal, (options) => list(terminal, options)))
  addCommand(session, 'preview', 'Say who would leave for one more; nothing is changed')
    .requiredOption('--user <username>')
    .option('--workspace <workspace>', 'for a session there; without it, for a login')
    .option('--client <client>', 'that makes the session, or that it begins with')
    .option('--priority <number>', 'of the session, as the API would give it', parsePriority)
    .action(answering<PreviewOptions>(terminal, (options) => preview(terminal, options)))
  addCommand(session, 'end <session...>', 'End sessions; their keys are destroyed').action(
    answering<CommonOptions>(terminal, (options, ids) => end(terminal, ids, options)),
  )
}

function parsePriority(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && Math.abs(number) <= 1000) return number
  throw new UsageError('a priority is a whole number from -1000 to 1000')
}

async function list(terminal: Terminal, options: ListOptions): Promise<Answer> {
  return withCore(terminal, options, async ({ db }) => {
    const sessions = await listSessions(db, await filterOf(db, options))
    const rows = sessions.map((one) => Object.values(present(one)).map(String))
    const head = ['SESSION', 'KIND', 'WORKSPACE', 'HOLDER', 'CREATED', 'LAST SEEN', 'EXPIRES']
    const text = rows.length > 0 ? table([head, ...rows]) : 'no live sessions'
    return { data: { sessions: sessions.map(present) }, text }
  })
}

async function filterOf(db: Db, { user, workspace, limit }: ListOptions) {
  const found = user === undefined ? null : await findUserByUsername(db, user)
  if (user !== undefined && !found) throw new DomainError('user_not_found', `no user ${user}`)
  const place = workspace === undefined ? null : await mustFindWorkspace(db, workspace)
  return {
    userId: found?.id ?? null,
    workspaceId: place?.id ?? null,
    ...(limit !== undefined && { limit }),
  }
}

function present(session: ListedSession) {
  return {
    session_id: formatId('ses', session.id),
    kind: session.kind,
    workspace: session.workspaceSlug,
    holder: session.username ?? session.clientName ?? '-',
    created_at: session.createdAt.toISOString(),
    last_seen_at: session.lastSeenAt.toISOString(),
    expires_at: expiresAt(session).toISOString(),
  }
}

/** All or none are understood; of those that are, one that had ended before is no error. */
async function end(
  terminal: Terminal,
  texts: readonly string[],
  options: CommonOptions,
): Promise<Answer> {
  const ids = texts.map(parseSession)
  return withCore(terminal, options, async ({ db }) => {
    const ended: string[] = []
    const notLive: string[] = []
    for (const id of ids) {
      const done = await endSession({ db }, id, { cause: 'administrator', by: OPERATOR })
      const list = done ? ended : notLive
      list.push(formatId('ses', id))
    }
    const lines = [
      ...ended.map((id) => `ended ${id}`),
      ...notLive.map((id) => `${id} was not live: it ended before, or never was`),
    ]
    return { data: { ended, not_live: notLive }, text: lines.join('\n') }
  })
}

function parseSession(text: string): SessionId {
  const id = parseId('ses', text)
  if (!id) throw new DomainError('session_not_found', 'that is no session id')
  return id
}
