/** Where the protocol is spoken; discovery tells it to clients. */
export const ROUTES = {
  authorization: '/oauth2/authorize',
  token: '/oauth2/token',
  introspection: '/oauth2/introspect',
  revocation: '/oauth2/revoke',
  userinfo: '/oauth2/userinfo',
  registration: '/oauth2/register',
  pushed_authorization_request: '/oauth2/par',
  end_session: '/oauth2/logout',
  jwks: '/.well-known/jwks.json',
} as const
