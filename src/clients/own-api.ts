/** The scopes of our own API; RFC 6749 §3.3 names. */
export const API_SCOPES = [
  'sessions:create',
  'sessions:validate',
  'sessions:read',
  'sessions:manage',
  'sessions:elevate',
  'sessions:own',
  'policies:read',
  'policies:manage',
] as const

export type ApiScope = (typeof API_SCOPES)[number]

/** What each of them lets whoever has it do. */
export const API_SCOPE_WORDS: Readonly<Record<ApiScope, string>> = {
  'sessions:create': 'make sessions for people',
  'sessions:validate': 'check and renew session tokens, tell of a change of context',
  'sessions:read': 'list sessions, see one, read its analytics',
  'sessions:manage': 'end sessions',
  'sessions:elevate': 'give permissions for a while, agree to them',
  'sessions:own':
    'list and end sessions of your own, and as a service hold some: all that a person’s token is for',
  'policies:read': 'explain policies',
  'policies:manage': 'set the policies of a workspace and what its roles allow',
}

/** What tokens for our own API are for (RFC 8707). */
export function ownApi(issuer: string): string {
  return `${issuer}/api/v1`
}
