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

/** What tokens for our own API are for (RFC 8707). */
export function ownApi(issuer: string): string {
  return `${issuer}/api/v1`
}
