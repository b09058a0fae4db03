import type { ClientId, ResourceId } from '../ids.ts'

/** An API that accepts access tokens (RFC 8707). */
export interface Resource {
  readonly id: ResourceId
  readonly identifier: string
  readonly name: string
  readonly scopes: readonly string[]
  /** `jwt` for APIs that check offline; those tokens outlive an end by up to five minutes. */
  readonly tokenFormat: 'jwt' | 'opaque'
  /** Null: the server's own. */
  readonly alg: 'ES256' | 'RS256' | null
  /** The client that may introspect tokens for this resource. */
  readonly clientId: ClientId | null
}
