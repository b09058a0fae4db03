import { deleteClient } from '../../../src/access/delete-client.ts'
import { disableClient } from '../../../src/access/disable-client.ts'
import { dismissFromWorkspace } from '../../../src/access/dismiss-client.ts'
import { admitClient } from '../../../src/clients/admissions.ts'
import type { ClientId, WorkspaceId } from '../../../src/ids.ts'
import { createSession } from '../../../src/sessions/manager/create-session.ts'
import { expect, type Stage, somebodyWaits, test } from '../stage.ts'

const by = { kind: 'operator' } as const
interface Place {
  readonly clientId: ClientId
  readonly workspaceId: WorkspaceId
}

const ACTS: readonly (readonly [string, (stage: Stage, place: Place) => Promise<unknown>])[] = [
  ['dismissed', ({ ender }, place) => dismissFromWorkspace(ender, { ...place, by })],
  ['disabled', ({ ender }, { clientId }) => disableClient(ender, clientId, by)],
  ['deleted', ({ ender }, { clientId }) => deleteClient(ender, clientId, by)],
]

for (const [how, act] of ACTS)
  test(`a service that is ${how} while it makes a session keeps none`, async ({ stage }) => {
    const place = await admitted(stage)
    const held = stage.proxy.holdCommitOf('session_create_service')
    const made = makeSession(stage, place)
    await held.reached

    const ended = act(stage, place)
    await somebodyWaits(stage, ended)
    held.release()
    await ended

    const outcome = await made
    const { rows } = await stage.database.pool.query(OWN, [place.clientId])
    expect(rows).toEqual([{ cause: 'client_removed', has_key: false }])
    expect(['made', 'session_ended']).toContain(outcome)
  })

async function admitted({ node, given }: Stage): Promise<Place> {
  const { id: workspaceId } = await given.workspace()
  const { id: clientId } = await given.client()
  await admitClient(node.services.db, { clientId, workspaceId, by })
  return { clientId, workspaceId }
}

function makeSession({ node }: Stage, { clientId, workspaceId }: Place): Promise<string> {
  const making = createSession(node.services, {
    holder: { kind: 'service' },
    workspaceId,
    clientId,
    context: {},
    acr: null,
    amr: [],
    authTime: null,
    priority: null,
    by: { kind: 'client', id: clientId },
  })
  return making.then(
    () => 'made',
    (error: { code: string }) => error.code,
  )
}

const OWN = `SELECT end_cause AS cause, secret_wrapped IS NOT NULL AS has_key
  FROM session WHERE client_id = $1 AND kind = 'service'`
