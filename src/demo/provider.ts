import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose'
import {
  allowInsecureRequests,
  ClientSecretBasic,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client'

export interface ProviderOptions {
  readonly issuer: URL
  readonly clientId: string
  readonly clientSecret: string
}

interface Connection {
  readonly configuration: Configuration
  /** The keys that sign logout tokens. */
  readonly keys: JWTVerifyGetKey
}

/** Reads the provider's metadata at first use, so that it may start after us; a failure is not remembered. */
export type Connect = () => Promise<Connection>

const SECONDS_TO_ANSWER = 5

export function createConnect(options: ProviderOptions): Connect {
  let connection: Promise<Connection> | undefined
  return () => {
    connection ??= discover(options).catch((error) => {
      connection = undefined
      throw error
    })
    return connection
  }
}

async function discover({ issuer, clientId, clientSecret }: ProviderOptions): Promise<Connection> {
  const configuration = await discovery(
    issuer,
    clientId,
    { client_secret: clientSecret },
    ClientSecretBasic(clientSecret),
    {
      timeout: SECONDS_TO_ANSWER,
      // Without TLS nothing but the signature says who made an ID token.
      execute: isLoopback(issuer)
        ? [allowInsecureRequests, enableNonRepudiationChecks]
        : [enableNonRepudiationChecks],
    },
  )
  const { jwks_uri } = configuration.serverMetadata()
  if (!jwks_uri) throw new Error('the provider publishes no keys')
  return {
    configuration,
    keys: createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: SECONDS_TO_ANSWER * 1000 }),
  }
}

/** Plain http is for a provider on this machine, where nobody stands between. */
export function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
