import { formatId } from '../ids.ts'
import type { BriefSession } from '../sessions/brief-stay.ts'
import type { Payload } from './payload.ts'

/** What tokens say of the one workspace that they open. */
export function workspaceClaims(session: BriefSession): Payload {
  return {
    session_id: formatId('ses', session.id),
    workspace_id: formatId('wsp', session.workspaceId),
    workspace_slug: session.workspaceSlug,
    workspace_roles: session.roles,
  }
}

/** The same for ID tokens, which name sessions in the words of their client (`session-claims.ts`). */
export function identityClaims(session: BriefSession): Payload {
  const { session_id: _, ...claims } = workspaceClaims(session)
  return claims
}

const WORKSPACE_CLAIMS = ['workspace_id', 'workspace_slug', 'workspace_roles']
const SESSION_CLAIMS = ['sid', 'session_expiry', 'offline_sid', 'offline_session_expiry']

/** Which scope releases which claim (OpenID Connect Core §5.4); ours come with `openid`. */
export const CLAIMS_OF_SCOPES = {
  openid: [
    ...['sub', ...SESSION_CLAIMS, ...WORKSPACE_CLAIMS],
    // Told unasked: a client that must look at them (ASVS 5.0 V10.3.4) should not have to beg.
    ...['acr', 'amr', 'auth_time'],
  ],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale', 'updated_at'],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
}

/** The scopes of the provider itself; all others are scopes of a resource. */
export const IDENTITY_SCOPES = ['openid', 'offline_access', 'profile', 'email', 'address', 'phone']
