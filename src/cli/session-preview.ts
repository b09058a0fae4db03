import { findClient } from '../clients/find-client.ts'
import type { Db } from '../database/transaction.ts'
import type { Room } from '../decisions/make-room.ts'
import { DomainError } from '../errors.ts'
import { formatId, type LoginId, type SessionId, type UserId } from '../ids.ts'
import type { Core } from '../services/core.ts'
import type { CountedCandidate } from '../sessions/limits/coming.ts'
import { LimitReached } from '../sessions/limits/limit-reached.ts'
import { PASSWORD_PROOF } from '../sessions/login/login.ts'
import { previewLogin } from '../sessions/login/start-login.ts'
import { previewSession } from '../sessions/manager/create-session.ts'
import { findUserByUsername } from '../users/find-user.ts'
import { membershipOf } from '../workspaces/find-membership.ts'
import { type Answer, table } from './answer.ts'
import type { CommonOptions } from './command.ts'
import { policiesOf } from './list-policies.ts'
import { mustFindWorkspace } from './memberships.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

export interface PreviewOptions extends CommonOptions {
  readonly user: string
  readonly workspace?: string
  readonly client?: string
  readonly priority?: number
}

/** Says who would leave for one more login of a person or, in a workspace, one more session of theirs. */
export async function preview(terminal: Terminal, options: PreviewOptions): Promise<Answer> {
  return withCore(terminal, options, async (core) => answerFor(await roomFor(core, options)))
}

async function roomFor(
  { db, config }: Core,
  options: PreviewOptions,
): Promise<Room<CountedCandidate>> {
  const user = await findUserByUsername(db, options.user)
  if (!user) throw new DomainError('user_not_found', `no user ${options.user}`)
  const deps = { db, policies: policiesOf({ db, config }) }
  const { workspace } = options
  if (workspace === undefined)
    return previewLogin(deps, { userId: user.id, proof: PASSWORD_PROOF, context: {} })
  return previewSession(deps, {
    ...(await placeIn(db, user.id, { workspace, client: options.client })),
    context: {},
    acr: null,
    amr: [],
    authTime: null,
    priority: options.priority ?? null,
    by: OPERATOR,
  })
}

async function placeIn(
  db: Db,
  userId: UserId,
  named: { readonly workspace: string; readonly client: string | undefined },
) {
  const { id: workspaceId } = await mustFindWorkspace(db, named.workspace)
  const membership = await membershipOf(db, userId, workspaceId)
  if (!membership) throw new DomainError('not_a_member', `no member of ${named.workspace}`)
  const client = named.client === undefined ? null : await findClient(db, named.client)
  if (named.client !== undefined && !client)
    throw new DomainError('client_not_found', `no client ${named.client}`)
  const holder = { kind: 'user', userId, roles: membership.roles } as const
  return { holder, workspaceId, clientId: client?.id ?? null }
}

function answerFor(room: Room<CountedCandidate>): Answer {
  if (room.outcome !== 'admitted') {
    const { details } = new LimitReached(room.outcome, room.reached)
    const candidates = room.reached.candidates.map(present)
    const { limit, max, count } = details
    const text = `${room.outcome}: ${count} of ${max} (${limit})\n${rowsOf(candidates)}`
    return {
      data: { outcome: room.outcome, would_evict: [], reached: { ...details, candidates } },
      text,
    }
  }
  const leaving = room.evicted.map(({ candidate }) => present(candidate))
  const text = leaving.length > 0 ? `these would end for it:\n${rowsOf(leaving)}` : 'there is room'
  return { data: { outcome: room.outcome, would_evict: leaving, reached: null }, text }
}

type Shown = ReturnType<typeof present>

function rowsOf(shown: readonly Shown[]): string {
  const rows = shown.map((one) => Object.values(one).map((cell) => String(cell ?? '-')))
  return table([['KIND', 'ID', 'CREATED', 'LAST SEEN', 'PRIORITY'], ...rows])
}

function present({ kind, id, createdAt, lastSeenAt, priority }: CountedCandidate) {
  return {
    kind,
    id: kind === 'login' ? formatId('lgn', id as LoginId) : formatId('ses', id as SessionId),
    created_at: createdAt.toISOString(),
    last_seen_at: lastSeenAt.toISOString(),
    priority,
  }
}
