import { type Step, WORKERS } from './load.ts'
import { getUserinfo, logIn, type Party, postForm, type Tokens } from './party.ts'

/** One comparison: what is done to a side, over and over. */
export interface Row {
  readonly name: string
  readonly unit: string
  /** Makes what the steps need; called for each side before each round. */
  prepare(party: Party): Promise<Step>
}

/** What both sides are asked; `servers/` says how each is set up. */
export const ROWS: readonly Row[] = [
  {
    name: 'refresh',
    unit: 'requests/s',
    // One chain for each worker: the library keeps the whole history of a grant in memory, so that
    // long chains would slow the other side down.
    prepare: async (party) => {
      const chains = await tokensFor(party)
      return async (worker) => {
        const form = { grant_type: 'refresh_token', refresh_token: chains[worker]!.refresh_token }
        chains[worker] = await postForm<Tokens>(party, '/oauth2/token', form)
      }
    },
  },
  {
    name: 'client_credentials',
    unit: 'requests/s',
    prepare: async (party) => async () => {
      const { resource } = party
      await postForm(party, '/oauth2/token', {
        grant_type: 'client_credentials',
        scope: 'read',
        resource,
      })
    },
  },
  {
    name: 'introspection',
    unit: 'requests/s',
    prepare: async (party) => {
      const tokens = await tokensFor(party)
      return async (worker) => {
        const form = { token: tokens[worker]!.access_token }
        const answer = await postForm<{ active: boolean }>(party, '/oauth2/introspect', form)
        if (!answer.active) throw new Error('an active token was told to be inactive')
      }
    },
  },
  {
    name: 'userinfo',
    unit: 'requests/s',
    prepare: async (party) => {
      const tokens = await tokensFor(party)
      return (worker) => getUserinfo(party, tokens[worker]!.access_token)
    },
  },
  {
    name: 'login',
    unit: 'logins/s',
    prepare: async (party) => async () => {
      await logIn(party)
    },
  },
]

/** A login of its own for each worker. */
function tokensFor(party: Party): Promise<Tokens[]> {
  return Promise.all(Array.from({ length: WORKERS }, () => logIn(party)))
}
