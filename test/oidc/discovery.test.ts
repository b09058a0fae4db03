import { expect, test } from '../support/world.ts'

test.describe('discovery', () => {
  test('tells what there is, and nothing that is not', async ({ node }) => {
    const { issuer } = node
    const found = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
    const at = (path: string) => `${issuer}/oauth2/${path}`

    expect(found).toEqual({
      issuer,
      authorization_endpoint: at('authorize'),
      token_endpoint: at('token'),
      userinfo_endpoint: at('userinfo'),
      introspection_endpoint: at('introspect'),
      revocation_endpoint: at('revoke'),
      pushed_authorization_request_endpoint: at('par'),
      end_session_endpoint: at('logout'),
      jwks_uri: `${issuer}/.well-known/jwks.json`,

      response_types_supported: ['code'],
      response_modes_supported: ['form_post', 'fragment', 'query'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      request_uri_parameter_supported: false,
      claims_parameter_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,

      subject_types_supported: ['public', 'pairwise'],
      acr_values_supported: ['urn:sojourn:aal1', 'urn:sojourn:aal2'],
      id_token_signing_alg_values_supported: ['ES256', 'RS256'],
      dpop_signing_alg_values_supported: ['ES256', 'RS256', 'EdDSA', 'Ed25519'],
      token_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
        'none',
      ],
      token_endpoint_auth_signing_alg_values_supported: [
        'ES256',
        'RS256',
        'PS256',
        'EdDSA',
        'Ed25519',
      ],
      scopes_supported: ['openid', 'offline_access', 'profile', 'email', 'address', 'phone'],
      claim_types_supported: ['normal'],
      claims_supported: [
        ...['sub', 'sid', 'session_expiry', 'offline_sid', 'offline_session_expiry'],
        ...['workspace_id', 'workspace_slug', 'workspace_roles', 'acr', 'amr', 'auth_time'],
        ...['name', 'given_name', 'family_name', 'preferred_username', 'locale', 'updated_at'],
        ...['email', 'email_verified', 'address', 'phone_number', 'phone_number_verified'],
        'iss',
      ],
    })
  })

  test('is the same to OAuth (RFC 8414)', async ({ node }) => {
    const [openid, oauth] = await Promise.all(
      ['openid-configuration', 'oauth-authorization-server'].map(async (name) =>
        (await fetch(`${node.issuer}/.well-known/${name}`)).text(),
      ),
    )
    expect(oauth).toBe(openid)
  })
})

test('the keys are public halves alone, for a time', async ({ node }) => {
  const answer = await fetch(`${node.issuer}/.well-known/jwks.json`)
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
  const { keys } = await answer.json()
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys) {
    expect(key).toMatchObject({ use: 'sig', kid: expect.any(String), alg: expect.any(String) })
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])
      expect(key).not.toHaveProperty(secret)
  }
})
