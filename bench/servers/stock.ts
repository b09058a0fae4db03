import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { type Configuration, Provider } from 'oidc-provider'
import { report, type Side } from '../child.ts'
import { withInteractions } from './interactions.ts'
import { listenSomewhere } from './listen.ts'

// The reference: the library as it comes, with the adapter that it brings and one static client,
// told to answer as we do: the same routes, scopes, claims, lifetimes, formats and algorithm.

const { server, origin, close } = await listenSomewhere()
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const side: Side = {
  origin,
  clientId: 'bench',
  clientSecret: randomBytes(32).toString('base64url'),
  resource: 'https://api.example/',
  usernames: Array.from({ length: 64 }, (_, at) => `person-${at}`),
  password: '',
}
const FIVE_MINUTES = 300
const DAY = 86_400

const provider: Provider = new Provider(origin, {
  clients: [
    {
      client_id: side.clientId,
      client_secret: side.clientSecret,
      client_name: 'Bench',
      redirect_uris: ['https://rp.example/callback'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: {
    keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256' }] as never,
  },
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  routes: {
    authorization: '/oauth2/authorize',
    token: '/oauth2/token',
    introspection: '/oauth2/introspect',
    userinfo: '/oauth2/userinfo',
  },
  responseTypes: ['code'],
  scopes: ['openid', 'offline_access', 'profile', 'email'],
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username', 'updated_at'],
    email: ['email', 'email_verified'],
  },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => undefined as never,
      getResourceServerInfo: async () => ({
        audience: side.resource,
        scope: 'read',
        accessTokenFormat: 'jwt',
        accessTokenTTL: FIVE_MINUTES,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  findAccount: async (_ctx, accountId) => ({
    accountId,
    claims: async () => ({
      sub: accountId,
      name: 'A Person',
      preferred_username: accountId,
      updated_at: 1_790_000_000,
    }),
  }),
  // The consent is known, as it is on our side.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: side.clientId,
      accountId: ctx.oidc.session?.accountId ?? '',
    })
    grant.addOIDCScope('openid profile')
    await grant.save()
    return grant
  },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  expiresWithSession: async () => false,
  ttl: {
    AccessToken: FIVE_MINUTES,
    ClientCredentials: FIVE_MINUTES,
    AuthorizationCode: 60,
    IdToken: 3600,
    RefreshToken: DAY,
    Grant: DAY,
    Interaction: 600,
    Session: DAY,
  },
} satisfies Configuration)

let logins = 0

server.on(
  'request',
  withInteractions(
    () => provider,
    async () => {
      logins += 1
      return { accountId: side.usernames[logins % side.usernames.length], remember: false }
    },
    provider.callback(),
  ),
)
report(side, {}, close)
