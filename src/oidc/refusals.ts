import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { stateOf } from './request-state.ts'

/** What the library tells of a refusal on the way of each of its routes. */
const EVENTS = [
  'authorization',
  'end_session',
  'end_session_confirm',
  'end_session_success',
  'grant',
  'introspection',
  'pushed_authorization_request',
  'registration_create',
  'registration_delete',
  'registration_read',
  'registration_update',
  'revocation',
  'userinfo',
].map((route) => `${route}.error`)

interface Refused {
  readonly error?: string
  readonly error_description?: string
  /** The library's own words on why, which the client is not told. */
  readonly error_detail?: string
}

/** Keeps what was refused, and why, with the request: the answer often says no more than that it was. */
export function noteRefusals(provider: Provider): void {
  const note = (ctx: KoaContextWithOIDC, refused: Refused) => {
    const state = stateOf(ctx.req)
    if (!state || !refused.error) return
    const reason = refused.error_detail ?? refused.error_description ?? ''
    state.refused = { error: refused.error, reason, client: ctx.oidc?.client?.clientId }
  }
  for (const event of EVENTS) provider.on(event as never, note as never)
}
