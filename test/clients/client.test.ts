import { expect, test } from 'playwright/test'
import { clientProblems, corsOriginsOf, isClientId, needsSecret } from '../../src/clients/client.ts'
import { type ClientMetadata, operatorMetadata } from '../../src/clients/client-metadata.ts'

const WEB: ClientMetadata = { redirect_uris: ['https://app.example.com/cb'] }
const PUBLIC: ClientMetadata = { ...WEB, token_endpoint_auth_method: 'none' }
const SERVICE: ClientMetadata = { grant_types: ['client_credentials'] }
const KEY = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const

test.describe('a client as a whole', () => {
  const sound: readonly [string, ClientMetadata, boolean][] = [
    ['a web application', WEB, false],
    ['a single confidential client without PKCE', WEB, true],
    ['a public client', PUBLIC, false],
    ['a service', SERVICE, false],
    [
      'a service with keys',
      { ...SERVICE, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [KEY] } },
      false,
    ],
    [
      'a native application',
      { ...PUBLIC, application_type: 'native', redirect_uris: ['com.example.app:/cb'] },
      false,
    ],
    ['a pairwise client of one host', { ...WEB, subject_type: 'pairwise' }, false],
  ]
  for (const [name, metadata, pkceExempt] of sound) {
    test(`is sound: ${name}`, () => {
      expect(clientProblems(metadata, pkceExempt)).toEqual([])
    })
  }

  const unsound: readonly [string, ClientMetadata, boolean][] = [
    ['a public client without PKCE', PUBLIC, true],
    ['a public service', { ...SERVICE, token_endpoint_auth_method: 'none' }, false],
    ['codes sent nowhere', {}, false],
    ['no grant at all', { ...WEB, grant_types: [] }, false],
    [
      'refresh tokens born of nothing',
      { grant_types: ['client_credentials', 'refresh_token'] },
      false,
    ],
    ['keys without a key', { ...WEB, token_endpoint_auth_method: 'private_key_jwt' }, false],
    [
      'keys in two places',
      { ...WEB, jwks: { keys: [KEY] }, jwks_uri: 'https://a.example/jwks' },
      false,
    ],
    ['an address in the clear', { redirect_uris: ['http://app.example.com/cb'] }, false],
    [
      'a place after logout in the clear',
      { ...WEB, post_logout_redirect_uris: ['http://a.example/'] },
      false,
    ],
    ['a scheme of its own on the web', { redirect_uris: ['com.example.app:/cb'] }, false],
    [
      'pairwise, with two hosts and no sector',
      { subject_type: 'pairwise', redirect_uris: ['https://a.example/', 'https://b.example/'] },
      false,
    ],
  ]
  for (const [name, metadata, pkceExempt] of unsound) {
    test(`is not sound: ${name}`, () => {
      expect(clientProblems(metadata, pkceExempt)).toHaveLength(1)
    })
  }
})

test.describe('what an operator says of a client', () => {
  const refused: readonly [string, object][] = [
    ['a name that RFC 7591 does not have', { redirect_url: 'https://app.example.com/cb' }],
    ['a secret', { client_secret: 'secret' }],
    ['the implicit grant', { grant_types: ['implicit'] }],
    ['the password grant', { grant_types: ['password'] }],
    ['a response of tokens', { response_types: ['token'] }],
    ['a private key', { jwks: { keys: [{ ...KEY, d: 'd' }] } }],
    ['a shared key', { jwks: { keys: [{ kty: 'oct', k: 'k' }] } }],
    ['an unsigned ID token', { id_token_signed_response_alg: 'none' }],
    ['a script for a logo', { logo_uri: 'javascript:alert(1)' }],
    ['a name with a line break', { client_name: 'a\nb' }],
    ['a scope with a quote', { scope: 'openid "x"' }],
    ['an origin with a path', { allowed_origins: ['https://a.example/x'] }],
    ['a text where a switch belongs', { dpop_bound_access_tokens: 'true' }],
  ]
  for (const [name, metadata] of refused) {
    test(`is refused with ${name}`, () => {
      expect(operatorMetadata.safeParse({ ...WEB, ...metadata }).success).toBe(false)
    })
  }
})

test.describe('the origins that may call from a browser', () => {
  test('are those of a public client’s pages and those allowed by name', () => {
    const metadata: ClientMetadata = {
      ...PUBLIC,
      redirect_uris: [
        'https://a.example/cb',
        'https://a.example/silent',
        'http://localhost:5173/cb',
      ],
      allowed_origins: ['https://b.example'],
    }

    expect([...corsOriginsOf(metadata)]).toEqual([
      'https://a.example',
      'http://localhost:5173',
      'https://b.example',
    ])
  })

  test('are only the allowed ones for a client with a secret', () => {
    expect([...corsOriginsOf({ ...WEB, allowed_origins: ['https://b.example'] })]).toEqual([
      'https://b.example',
    ])
  })

  test('are none for a scheme of its own', () => {
    expect([...corsOriginsOf({ ...PUBLIC, redirect_uris: ['com.example.app:/cb'] })]).toEqual([])
  })
})

test('a client has a secret unless it proves itself otherwise (RFC 7591 §2)', () => {
  expect(needsSecret({})).toBe(true)
  expect(needsSecret({ token_endpoint_auth_method: 'client_secret_post' })).toBe(true)
  expect(needsSecret({ token_endpoint_auth_method: 'private_key_jwt' })).toBe(false)
  expect(needsSecret({ token_endpoint_auth_method: 'none' })).toBe(false)
})

test('a client id is short, visible and needs no escaping', () => {
  expect(isClientId('notes')).toBe(true)
  expect(isClientId('cli_01hxyz')).toBe(true)
  for (const other of ['', '-a', 'a b', 'a/b', 'a:b', 'a\0', 'ä', 'a'.repeat(129)])
    expect(isClientId(other), other).toBe(false)
})
