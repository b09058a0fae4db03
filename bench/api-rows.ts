import type { Answer, Api, ApiRow, ApiSteps } from './api.ts'
import { WORKERS } from './load.ts'

const CONTEXT = { ip_address: '203.0.113.77', user_agent: 'Mozilla/5.0 (X11; Linux x86_64)' }

/** What is asked of the sessions API; `bounded` is asked of a server whose own way that is. */
export const API_ROWS: readonly (ApiRow & { readonly of: 'strong' | 'bounded' })[] = [
  {
    name: 'validate_strong',
    of: 'strong',
    path: '/sessions/validation',
    prepare: (api) => validating(api, ({ view_age_ms }) => view_age_ms === 0),
  },
  {
    name: 'validate_bounded',
    of: 'bounded',
    path: '/sessions/validation',
    // Once a minute each is read from the database again.
    prepare: (api) => validating(api, () => true),
  },
  {
    name: 'create_session',
    of: 'strong',
    path: '/sessions',
    prepare: async ({ userIds }) => ({
      next: (worker) => ({ user_id: userIds[worker % userIds.length], context: CONTEXT }),
    }),
  },
  {
    name: 'renew',
    of: 'strong',
    path: '/sessions/renewal',
    prepare: async (api) => {
      const tokens = await sessionTokens(api)
      return {
        next: (worker) => ({ session_token: tokens[worker] }),
        take: (worker, { session_token }) => {
          if (!session_token || session_token === tokens[worker])
            throw new Error('a renewal gave no other token')
          tokens[worker] = session_token
        },
      }
    },
  },
]

async function validating(api: Api, isMeant: (answer: Answer) => boolean): Promise<ApiSteps> {
  const tokens = await sessionTokens(api)
  return {
    next: (worker) => ({ session_token: tokens[worker] }),
    take: (_, answer) => {
      if (!answer.is_valid || !isMeant(answer)) throw new Error('not what is measured here')
    },
  }
}

/** A session of its own for each worker. */
function sessionTokens({ userIds, post }: Api): Promise<string[]> {
  return Promise.all(
    Array.from({ length: WORKERS }, async (_, worker) => {
      const user_id = userIds[worker % userIds.length]
      const { session_token } = await post('/sessions', { user_id, context: CONTEXT })
      return session_token ?? ''
    }),
  )
}
