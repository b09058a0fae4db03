import type { ClientId, GrantId, SessionId } from '../../ids.ts'

/** What a grant allows: OpenID scopes and claims, and scopes by resource. */
export interface GrantedScopes {
  readonly openid?: { readonly scope?: string; readonly claims?: readonly string[] }
  readonly resources?: { readonly [resource: string]: string }
  readonly rejected?: {
    readonly openid?: { readonly scope?: string; readonly claims?: readonly string[] }
    readonly resources?: { readonly [resource: string]: string }
  }
}

/** What one session lets one client do. */
export interface Grant {
  readonly id: GrantId
  readonly sessionId: SessionId
  readonly clientId: ClientId
  /** Raised by a revocation: what was issued in an earlier epoch is dead. */
  readonly epoch: number
  readonly scopes: GrantedScopes
  readonly createdAt: Date
}
