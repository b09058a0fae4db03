import { z } from 'zod'
import { isPlainText } from '../lib/text.ts'
import { isBrowserOrigin, isHttpsUri, isWebUri } from './uris.ts'

/** Not to be found in what is stored, whoever wrote it there. */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

const name = z
  .string()
  .refine((text) => text.trim() !== '' && isPlainText(text, 120), 'is not one line of text')
const uris = z.array(z.string()).max(50)
const webUri = z.string().refine(isWebUri, 'is no http or https address')
const httpsUri = z.string().refine(isHttpsUri, 'is no https address')

// RFC 6749 §3.3.
const scope = z
  .string()
  .max(2000)
  .regex(/^[!#-[\]-~]+( [!#-[\]-~]+)*$/, 'is no list of scopes')

const jwk = z
  .looseObject({ kty: z.enum(['EC', 'OKP', 'RSA']), kid: z.string().max(200).optional() })
  .refine((key) => !SECRET_MEMBERS.some((member) => member in key), 'holds a private key')

const signingAlg = z.enum(['ES256', 'RS256'])

const known = {
  client_name: name,
  client_uri: webUri,
  logo_uri: httpsUri,
  policy_uri: webUri,
  tos_uri: webUri,
  contacts: z.array(name).max(10),
  application_type: z.enum(['web', 'native']),
  redirect_uris: uris,
  post_logout_redirect_uris: uris,
  initiate_login_uri: httpsUri,
  grant_types: z
    .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials']))
    .max(10),
  response_types: z.array(z.literal('code')).max(1),
  scope,
  token_endpoint_auth_method: z.enum([
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'none',
  ]),
  token_endpoint_auth_signing_alg: z.enum(['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519']),
  jwks: z.strictObject({ keys: z.array(jwk).min(1).max(20) }),
  jwks_uri: httpsUri,
  subject_type: z.enum(['public', 'pairwise']),
  sector_identifier_uri: httpsUri,
  id_token_signed_response_alg: signingAlg,
  default_max_age: z.int().min(0).max(31_536_000),
  require_auth_time: z.boolean(),
  require_pushed_authorization_requests: z.boolean(),
  dpop_bound_access_tokens: z.boolean(),
  backchannel_logout_uri: webUri,
  backchannel_logout_session_required: z.boolean(),
  /** Ours: browser origins beyond those of the redirect addresses. */
  allowed_origins: z.array(z.string().refine(isBrowserOrigin, 'is no https origin')).max(50),
} as const

/** What an operator may say of a client: RFC 7591's names, and nothing that is not known here. */
export const operatorMetadata = z.strictObject(known).partial()

/** What the provider has judged already; of a registration the rest is kept as it is. */
export const registeredMetadata = z.looseObject(known).partial()

export type ClientMetadata = Readonly<z.output<typeof operatorMetadata>>
