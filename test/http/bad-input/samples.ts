import { OPERATIONS } from '../../../src/http/operations/operations.ts'
import type { Route } from './routes.ts'
import type { Sample } from './sample.ts'
import type { Opened, Scene } from './scene.ts'

type Good = Omit<Sample, 'method'>
type MakeSample = (scene: Scene) => Good

const REDIRECT = 'https://rp.example/callback'
const RESOURCE = 'https://api.example/'
const NO_SUCH = 'V1StGXR8_Z5jdHi6B-myT4Oe0mPq7LxWcKfN2sUhYbA'

const KNOWN = [
  '/.well-known/jwks.json',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
]
/** What applications in a browser may call from another origin. */
const FOR_PAGES = ['introspect', 'par', 'revoke', 'token', 'userinfo'].map(
  (name) => `/oauth2/${name}`,
)
const PREFLIGHT = { Origin: 'https://rp.example', 'Access-Control-Request-Method': 'POST' }

/** A good request to every route that the app has; a route without one fails the test. */
export const SAMPLES: Readonly<Record<Route, MakeSample>> = {
  ...each('GET', OPERATIONS, { open: true }),
  'GET /assets/:name': ({ asset }) => ({ form: 'empty', path: asset }),

  'GET /interaction/:uid': ({ asked }) => page(asked.consent),
  'GET /interaction/:uid/:step': ({ asked: { login } }) => page(login, `${login.path}/login`),
  'POST /interaction/:uid/login': ({ asked }) => posted(asked.login, 'login', PERSON),
  'POST /interaction/:uid/factor': ({ asked }) =>
    posted(asked.login, 'factor', { ticket: 'none', code: '000000' }),
  'POST /interaction/:uid/passkey': ({ asked }) => posted(asked.login, 'passkey', PASSKEY),
  'POST /interaction/:uid/room': ({ asked }) =>
    posted(asked.login, 'room', { ticket: 'none', end: 'lgn_x' }),
  'POST /interaction/:uid/workspace': ({ asked }) =>
    posted(asked.workspace, 'workspace', { workspace: 'wsp_x' }),
  'POST /interaction/:uid/consent': ({ asked }) =>
    posted(asked.consent, 'consent', { decision: 'perhaps' }),
  'POST /interaction/:uid/cancel': ({ asked }) => posted(asked.login, 'cancel', {}),
  'POST /interaction/:uid/switch': ({ asked }) => posted(asked.consent, 'switch', {}),
  'POST /interaction/:uid/choose': ({ asked }) => posted(asked.consent, 'choose', {}),

  'GET /oauth2/logout': ({ party, tokens }) => ({
    form: 'page',
    path: '/oauth2/logout',
    query: {
      id_token_hint: tokens.id_token ?? '',
      client_id: party.clientId,
      post_logout_redirect_uri: 'https://rp.example/bye',
      state: 's',
    },
  }),
  'POST /oauth2/logout': ({ party }) => ({
    form: 'page',
    path: '/oauth2/logout',
    strict: true,
    fields: { client_id: party.clientId, state: 's', id_token_hint: 'a.b.c' },
  }),
  'POST /oauth2/logout/confirm': ({ confirm, party }) => ({
    ...form(confirm, '/oauth2/logout/confirm', { reach: 'everything' }),
    query: { client_id: party.clientId, state: 's' },
  }),
  'GET /oauth2/logout/:page': ({ account }) => page(account, '/oauth2/logout/confirm'),
  'GET /oauth2/logout/success': ({ account }) => page(account, '/oauth2/logout/success'),

  'GET /': ({ account }) => page(account, '/'),
  'GET /account': ({ account }) => page(account),
  'GET /account/:act': ({ account }) => page(account, '/account/end'),
  'POST /account/end': ({ account }) => form(account, '/account/end', { session: 'ses_x' }),
  'POST /account/end-elsewhere': ({ account }) =>
    form(account, '/account/end-elsewhere', { session: 'ses_x' }),
  'POST /account/end-login': ({ account }) =>
    form(account, '/account/end-login', { login: 'lgn_x' }),
  'POST /account/end-others': ({ account }) => form(account, '/account/end-others', {}),
  'POST /account/end-all': ({ account }) => form(account, '/account/end-all', {}),
  'POST /account/withdraw': ({ account }) =>
    form(account, '/account/withdraw', { consent: 'con_x' }),
  'POST /account/cancel': ({ account }) => form(account, '/account/cancel', {}),
  'GET /login': ({ signIn }) => page(signIn),
  'POST /login': ({ signIn }) => form(signIn, '/login', PERSON),
  'POST /login/factor': ({ signIn }) =>
    form(signIn, '/login/factor', { ticket: 'none', recovery: 'none' }),
  'POST /login/passkey': ({ signIn }) => form(signIn, '/login/passkey', PASSKEY),
  'POST /login/room': ({ signIn }) => form(signIn, '/login/room', { ticket: 'none', end: 'ses_x' }),
  'GET /login/:step': ({ signIn }) => ({
    ...page(signIn, '/login/factor'),
    query: { to: 'security', from: 'V1StGXR8_Z5jdHi6B' },
  }),
  'GET /account/security': ({ security }) => ({
    ...page(security, '/account/security'),
    query: { done: 'added' },
  }),
  'GET /account/security/authenticator': ({ security }) => ({
    ...page(security, '/account/security/authenticator'),
    query: { from: 'V1StGXR8_Z5jdHi6B' },
  }),
  'POST /account/security/authenticator': ({ security }) =>
    form(security, '/account/security/authenticator', { ticket: 'none', code: '1', name: 'App' }),
  'GET /account/security/passkey': ({ security }) => page(security, '/account/security/passkey'),
  'POST /account/security/passkey': ({ security }) =>
    form(security, '/account/security/passkey', { ...PASSKEY, name: 'Key' }),
  'POST /account/security/remove': ({ security }) =>
    form(security, '/account/security/remove', { factor: 'fac_x' }),
  'POST /account/security/recovery-codes': ({ security }) =>
    form(security, '/account/security/recovery-codes', {}),
  'POST /account/security/others': ({ security }) => form(security, '/account/security/others', {}),
  'GET /account/security/:act': ({ security }) => page(security, '/account/security/remove'),
  'GET /logout': ({ account }) => page(account, '/logout'),
  'POST /logout': ({ account }) => form(account, '/logout', {}),

  'GET /oauth2/authorize': (scene) => ({
    form: 'page',
    path: '/oauth2/authorize',
    query: authorization(scene),
    headers: { Cookie: scene.cookie },
  }),
  'GET /oauth2/authorize/:uid': ({ asked: { login } }) =>
    page(login, login.path.replace('/interaction', '/oauth2/authorize')),
  'POST /oauth2/par': (scene) => ({
    ...program('/oauth2/par'),
    fields: authorization(scene),
    headers: basic(scene),
  }),
  'POST /oauth2/token': (scene) => ({
    ...program('/oauth2/token'),
    fields: {
      grant_type: 'refresh_token',
      refresh_token: scene.tokens.refresh_token ?? '',
      scope: 'openid',
      resource: RESOURCE,
    },
    headers: basic(scene),
  }),
  'POST /oauth2/introspect': (scene) => ({
    ...program('/oauth2/introspect'),
    fields: { token: scene.tokens.access_token ?? '', token_type_hint: 'access_token' },
    headers: basic(scene),
  }),
  'POST /oauth2/revoke': ({ party, tokens }) => ({
    ...program('/oauth2/revoke'),
    fields: {
      token: tokens.spare ?? '',
      token_type_hint: 'access_token',
      client_id: party.clientId,
      client_secret: party.secret ?? '',
    },
  }),
  'GET /oauth2/userinfo': ({ tokens }) => ({
    ...program('/oauth2/userinfo'),
    headers: bearer(tokens.access_token),
  }),
  'POST /oauth2/userinfo': ({ tokens }) => ({
    ...program('/oauth2/userinfo'),
    fields: { access_token: tokens.access_token ?? '' },
  }),
  'POST /oauth2/register': ({ initialToken }) => ({
    ...program('/oauth2/register'),
    json: METADATA,
    headers: bearer(initialToken),
  }),
  'GET /oauth2/register/:clientId': ({ registered: { path, token } }) => ({
    ...program(path),
    headers: bearer(token),
  }),
  'PUT /oauth2/register/:clientId': ({ registered: { path, token } }) => ({
    ...program(path),
    json: { ...METADATA, client_id: 'another' },
    headers: bearer(token),
  }),
  'DELETE /oauth2/register/:clientId': ({ registered: { path } }) => ({
    ...program(path),
    headers: bearer(NO_SUCH),
  }),
  ...each('GET', KNOWN, {}),
  ...each('OPTIONS', [...KNOWN, ...FOR_PAGES], { headers: PREFLIGHT }),
}

const PERSON = { username: 'nobody', password: 'nothing that anybody has' }

const PASSKEY = {
  challenge: 'none',
  credential: JSON.stringify({
    id: 'AAAA',
    rawId: 'AAAA',
    type: 'public-key',
    response: { clientDataJSON: 'e30', authenticatorData: 'AAAA', signature: 'AAAA' },
  }),
}

const METADATA = {
  client_name: 'Self',
  client_uri: 'https://rp.example/',
  redirect_uris: [REDIRECT],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'client_secret_basic',
  jwks: {
    keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }],
  },
  contacts: ['a@rp.example'],
  default_max_age: 60,
  allowed_origins: ['https://rp.example'],
  backchannel_logout_uri: 'https://rp.example/back',
}

function each(method: string, paths: readonly string[], more: Partial<Good>) {
  const routes = paths.map((path) => [`${method} ${path}`, () => ({ ...program(path), ...more })])
  return Object.fromEntries(routes) as Record<Route, MakeSample>
}

function page({ path, cookie }: Opened, at = path): Good {
  return { form: 'page', path: at, headers: { Cookie: cookie } }
}

function form(opened: Opened, path: string, fields: Readonly<Record<string, string>>): Good {
  return { ...page(opened, path), strict: true, fields: { csrf: opened.csrf, ...fields } }
}

function posted(opened: Opened, step: string, fields: Readonly<Record<string, string>>): Good {
  return form(opened, `${opened.path}/${step}`, fields)
}

function program(path: string): Good {
  return { form: (OPERATIONS as readonly string[]).includes(path) ? 'json' : 'oauth', path }
}

function bearer(token = '') {
  return { Authorization: `Bearer ${token}` }
}

function basic({ party: { clientId, secret } }: Scene) {
  return { Authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` }
}

function authorization({ party, tokens, workspace }: Scene): Readonly<Record<string, string>> {
  return {
    client_id: party.clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid profile',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
    state: 's',
    nonce: 'n',
    prompt: 'none',
    max_age: '300',
    workspace,
    resource: RESOURCE,
    login_hint: 'ada',
    id_token_hint: tokens.id_token ?? '',
    claims: '{"id_token":{"acr":{"value":"urn:sojourn:aal1"},"auth_time":null}}',
    dpop_jkt: 'x'.repeat(43),
    response_mode: 'query',
    ui_locales: 'en',
    acr_values: 'urn:sojourn:aal1',
  }
}
