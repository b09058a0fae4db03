import { archiveWorkspace } from '../../src/access/archive-workspace.ts'
import { deleteClient } from '../../src/access/delete-client.ts'
import { disableClient } from '../../src/access/disable-client.ts'
import { disableUser } from '../../src/access/disable-user.ts'
import { removeMember } from '../../src/access/remove-member.ts'
import { withdrawConsent } from '../../src/access/withdraw-consent.ts'
import type { ClientId } from '../../src/ids.ts'
import { endGrant, endLogin, endSession, endUser } from '../../src/sessions/ending/end.ts'
import { redeem, refresh } from '../support/relying-party.ts'
import {
  type Asked,
  grantOf,
  type Holding,
  heldAfter,
  heldIn,
  loginOf,
  offlineCode,
  offlineOf,
  type Place,
  placeOn,
  redeemed,
  sessionOf,
  visitOn,
} from './place.ts'
import type { Stage } from './stage.ts'
import { TELL } from './told.ts'

const by = { kind: 'operator' } as const

export interface End {
  readonly run: (place: Place) => Promise<unknown>
  /** What single sign-on in the same browser answers afterwards. */
  readonly silent: string
}

export const ENDS = {
  session: {
    run: async (place) =>
      endSession(place.stage.ender, await sessionOf(place), { cause: 'administrator', by }),
    silent: 'login_required',
  },
  login: {
    run: async (place) =>
      endLogin(place.stage.ender, await loginOf(place), { cause: 'logout', by }),
    silent: 'login_required',
  },
  person: {
    run: ({ stage, user }) => endUser(stage.ender, user.id, { cause: 'logout_everywhere', by }),
    silent: 'login_required',
  },
  'person who is disabled': {
    run: ({ stage, user }) => disableUser(stage.ender, user.id, by),
    silent: 'login_required',
  },
  'consent that is withdrawn': {
    run: ({ stage, user, consentId }) =>
      withdrawConsent(stage.ender, { id: consentId, userId: user.id, by }),
    silent: 'consent_required',
  },
  'member who is removed': {
    run: ({ stage, user, workspace }) =>
      removeMember(stage.ender, { userId: user.id, workspaceId: workspace.id, by }),
    silent: 'access_denied',
  },
  'workspace that is archived': {
    run: ({ stage, workspace }) => archiveWorkspace(stage.ender, workspace.id, by),
    silent: 'access_denied',
  },
  'client that is disabled': {
    run: async (place) => disableClient(place.stage.ender, await clientOf(place), by),
    silent: '/oauth2/authorize',
  },
  'client that is deleted': {
    run: async (place) => deleteClient(place.stage.ender, await clientOf(place), by),
    silent: '/oauth2/authorize',
  },
  'grant by a revoked token': {
    run: async (place) =>
      endGrant(place.stage.ender, await grantOf(place), { cause: 'token_revoked', by }),
    silent: 'code',
  },
  'offline session': {
    run: async (place) =>
      endSession(place.stage.ender, await offlineOf(place), { cause: 'administrator', by }),
    silent: 'code',
  },
} as const satisfies Record<string, End>

export type EndName = keyof typeof ENDS
/** Ends that are of everything in a place, also of what lives on after a logout. */
const OF_THE_PLACE = [
  'member who is removed',
  'workspace that is archived',
  'client that is disabled',
  'client that is deleted',
] as const satisfies readonly EndName[]
const ALL = (Object.keys(ENDS) as EndName[]).filter((name) => name !== 'offline session')

/** A request that writes, and how far ends reach it. */
export interface Request {
  /** Everything up to the request itself, which is sent by what comes back. */
  readonly prepare: (stage: Stage) => Promise<{ place: Place; send: () => Promise<Holding> }>
  /** Where it is held, the last of its statements last. */
  readonly holds: readonly string[]
  /** What it makes, where that is not there before it. */
  readonly begins?: 'session'
  /** Whether its statements commit together, later than each of them. */
  readonly commits: 'together' | 'alone'
  readonly ends: readonly EndName[]
  /** The ends that reach what was done before them, where not all do. */
  readonly reachedBy?: readonly EndName[]
}

export const REQUESTS: Record<string, Request> = {
  'a refresh': {
    prepare: async (stage) => {
      const place = await placeOn(stage)
      const tokens = await redeemed(place, await place.ask())
      return { place, send: async () => heldAfter(await refresh(place.party, tokens.refresh!)) }
    },
    holds: ['families_advance'],
    commits: 'alone',
    ends: ALL,
  },
  'a refresh in an offline session': {
    prepare: async (stage) => {
      const { place, send } = await redeeming(await visitOn(stage, TELL), offlineCode)
      const { refresh: token } = await send()
      return { place, send: async () => heldAfter(await refresh(place.party, token!)) }
    },
    holds: ['families_advance'],
    commits: 'alone',
    ends: [
      'offline session',
      'person who is disabled',
      'consent that is withdrawn',
      ...OF_THE_PLACE,
    ],
  },
  'an authorization by single sign-on': {
    prepare: async (stage) => {
      const place = await placeOn(stage)
      await place.ask()
      return { place, send: async () => heldIn(await place.ask()) }
    },
    holds: ['code_insert'],
    commits: 'alone',
    // A code that is asked for while a token is revoked may come after it; the yes still stands.
    ends: ALL.filter((name) => name !== 'grant by a revoked token'),
  },
  'an authorization that saves a grant': {
    prepare: async (stage) => {
      const place = await placeOn(stage)
      await place.ask()
      await stage.database.pool.query('UPDATE "grant" SET scopes = $1', [{ openid: {} }])
      return { place, send: async () => heldIn(await place.ask()) }
    },
    holds: ['code_insert_with_grant'],
    commits: 'alone',
    ends: ALL.filter((name) => name !== 'grant by a revoked token'),
  },
  'a resume after the login page': {
    prepare: async (stage) => {
      const visit = await visitOn(stage)
      const { page, verifier } = await visit.ask()
      const send = async () => heldIn({ url: (await visit.logIn(page)).url, verifier })
      return { place: visit, send }
    },
    holds: ['session_begin'],
    begins: 'session',
    commits: 'alone',
    ends: [
      'login',
      'person',
      'person who is disabled',
      'consent that is withdrawn',
      ...OF_THE_PLACE,
    ],
  },
  'a redemption': {
    prepare: async (stage) => redeeming(await placeOn(stage), (place) => place.ask()),
    holds: ['code_redeem'],
    commits: 'alone',
    ends: ALL,
  },
  'a redemption for an offline session': {
    prepare: async (stage) => redeeming(await visitOn(stage, TELL), offlineCode),
    holds: ['code_consume', 'session_insert_offline', 'grant_save', 'family_insert'],
    commits: 'together',
    ends: ALL,
    reachedBy: ['person who is disabled', 'consent that is withdrawn', ...OF_THE_PLACE],
  },
}

async function redeeming<P extends Place>(place: P, ask: (place: P) => Promise<Asked>) {
  const { code } = heldIn(await ask(place))
  const send = () => redeem(place.party, code!.code, code!.verifier)
  return { place, send: async () => ({ ...heldAfter(await send()), code: code! }) }
}

async function clientOf({ stage, party }: Place): Promise<ClientId> {
  const { rows } = await stage.database.pool.query('SELECT id FROM client WHERE client_id = $1', [
    party.clientId,
  ])
  return rows[0].id
}
