import type { Client } from '../../src/clients/client.ts'
import type { LoginId, SessionId, WorkspaceId } from '../../src/ids.ts'
import type { Services } from '../../src/services.ts'
import type { User } from '../../src/users/user.ts'
import type { Workspace } from '../../src/workspaces/workspace.ts'
import { authorize, type Party } from '../support/relying-party.ts'
import { loginOf, redeemed, silent, type Visit, visitOn } from './place.ts'
import type { Stage } from './stage.ts'

export const TELL = { backchannel_logout_uri: 'https://rp.example/backchannel' }

/**
 * A person in two workspaces. In A three clients took part: `told`, `old`, whose tokens are long
 * expired, and `deaf`, which takes no logout tokens; in B, and in A elsewhere, `told` alone.
 */
export interface Stay {
  readonly visit: Visit
  readonly services: Services
  readonly user: User
  readonly workspace: Workspace
  readonly told: Party
  readonly old: Party
  readonly login: LoginId
  readonly a: SessionId
  readonly refreshToken: string
  readonly pass: (duration: string) => Promise<void>
  /** Lets these sessions be used now. */
  use(...names: readonly string[]): Promise<void>
  /** What single sign-on answers in the person's own browser. */
  silent(workspace: 'A' | 'B', party?: Party): Promise<string>
  /** Asks for A again, where a page may follow. */
  comeBack(): ReturnType<Visit['ask']>
  marks(): Promise<Marks>
}

export async function stayOn(stage: Stage): Promise<Stay> {
  const { given, node, database } = stage
  const visit = await visitOn(stage, TELL)
  const { user, workspace, party: told } = visit
  const second = await given.workspace(user)
  await given.consent(user, second, await clientOf(stage, told))
  const [inA, inB] = [{ workspace: workspace.slug }, { workspace: second.slug }]

  const { page, verifier } = await visit.ask(inA)
  const tokens = await redeemed(visit, { url: (await visit.logIn(page)).url, verifier })
  const login = await loginOf(visit)
  const old = await takingPart(stage, visit, TELL)
  await takingPart(stage, visit, {})
  const a = await sessionIn(stage, login, workspace.id)
  const names = new Map<string, string>([[a, 'A']])

  await database.pass('12h')
  await use(stage, [a])
  await visit.ask(inB)
  const elsewhere = await given.browser(user)
  await authorize(told, elsewhere, inA)

  names.set(login, 'login').set(elsewhere.loginId, 'login elsewhere')
  names.set(user.id, 'person').set(workspace.id, 'workspace')
  names.set(await sessionIn(stage, login, second.id), 'B')
  names.set(await sessionIn(stage, elsewhere.loginId, workspace.id), 'A elsewhere')
  names.set((await clientOf(stage, told)).id, 'told').set((await clientOf(stage, old)).id, 'old')
  const idsOf = (chosen: readonly string[]) =>
    [...names].filter(([, name]) => chosen.includes(name)).map(([id]) => id)

  return {
    visit,
    services: node.services,
    user,
    workspace,
    told,
    old,
    login,
    a,
    refreshToken: tokens.refresh!,
    pass: database.pass,
    use: (...chosen) => use(stage, idsOf(chosen)),
    silent: (which, party) => silent(visit, which === 'A' ? inA : inB, party),
    comeBack: () => visit.ask(inA),
    marks: () => marksOf(stage, names),
  }
}

/** Another client that the person has been at in A. */
async function takingPart(stage: Stage, visit: Visit, metadata: object): Promise<Party> {
  const client = await stage.given.client(metadata)
  await stage.given.consent(visit.user, visit.workspace, client)
  const party = { issuer: stage.node.issuer, clientId: client.clientId, secret: client.secret }
  const { url } = await visit.ask({ workspace: visit.workspace.slug }, party)
  if (!url.searchParams.has('code')) throw new Error(`no code at ${url}`)
  return party
}

export async function clientOf({ node }: Stage, { clientId }: Party): Promise<Client> {
  const { client } = await node.services.registry({ clientId, resource: null })
  return client!
}

async function sessionIn({ database }: Stage, login: LoginId, place: WorkspaceId) {
  const { rows } = await database.pool.query<{ id: SessionId }>(SESSION, [login, place])
  return rows[0]!.id
}

const SESSION = 'SELECT id FROM session WHERE login_id = $1 AND workspace_id = $2'

async function use({ database }: Stage, ids: readonly string[]): Promise<void> {
  await database.pool.query(USE, [ids])
}

const USE = `
  WITH used AS (UPDATE session SET last_seen_at = clock_timestamp() WHERE id = ANY($1)
    RETURNING login_id)
  UPDATE login SET last_seen_at = clock_timestamp() FROM used WHERE id = login_id`

/** What an end has left, each with the name of what ended, in alphabetical order. */
export interface Marks {
  readonly entries: readonly string[]
  readonly feed: readonly string[]
  readonly deliveries: readonly string[]
}

async function marksOf(stage: Stage, names: ReadonlyMap<string, string>): Promise<Marks> {
  const read = async (text: string) => {
    const { rows } = await stage.database.pool.query<Mark>(text, [[...names.keys()]])
    return rows.map(({ what, id, more }) => nameOf(names, [what, id, more])).sort()
  }
  return {
    entries: await read(ENTRIES),
    feed: await read(FEED),
    deliveries: await read(DELIVERIES),
  }
}

function nameOf(names: ReadonlyMap<string, string>, words: readonly string[]): string {
  return words.map((word) => names.get(word) ?? word).join(' ')
}

interface Mark {
  readonly what: string
  readonly id: string
  readonly more: string
}

const ENTRIES = `SELECT action AS what, subject_id AS id, detail->>'cause' AS more FROM entry
  WHERE action LIKE '%.ended' AND subject_id = ANY($1)`
const FEED = `SELECT kind AS what, subject AS id, COALESCE(cause, '') AS more FROM feed_record
  WHERE subject = ANY($1::uuid[]) AND kind NOT LIKE '%.changed'`
const DELIVERIES = `SELECT 'delivery of' AS what, session_id::text AS id, client_id::text AS more
  FROM delivery WHERE session_id = ANY($1::uuid[])`
