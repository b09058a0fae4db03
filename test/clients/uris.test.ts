import { expect, test } from 'playwright/test'
import {
  isBrowserOrigin,
  isHttpsUri,
  isRedirectUri,
  isResourceIdentifier,
  isWebUri,
} from '../../src/clients/uris.ts'

test.describe('a redirect address', () => {
  const both = [
    'https://app.example.com/callback',
    'https://app.example.com:8443/cb?tenant=1',
    'http://localhost:3000/cb',
    'http://127.0.0.1/cb',
    'http://[::1]:8080/cb',
  ]
  for (const uri of both) {
    test(`may be ${uri}`, () => {
      expect(isRedirectUri(uri, 'web')).toBe(true)
      expect(isRedirectUri(uri, 'native')).toBe(true)
    })
  }

  test('may be a scheme of its own for a native application alone (RFC 8252 §7.1)', () => {
    expect(isRedirectUri('com.example.app:/callback', 'native')).toBe(true)
    expect(isRedirectUri('com.example.app:/callback', 'web')).toBe(false)
    expect(isRedirectUri('myapp:/callback', 'native')).toBe(false)
  })

  const refused = [
    'http://app.example.com/cb',
    'http://localhost.example.com/cb',
    'http://127.0.0.1.example.com/cb',
    'http://10.0.0.1/cb',
    'https://app.example.com/cb#fragment',
    'https://app.example.com/cb#',
    'https://user@app.example.com/cb',
    'https://app.example.com@evil.example/cb',
    'https://*.example.com/cb',
    'https:\\\\evil.example',
    'https:app.example.com/cb',
    ' https://app.example.com/cb',
    'https://app.example.com/cb\n',
    'https://app.example.com/c b',
    'https://bücher.example/cb',
    'https://app.example.com/\0',
    '/cb',
    '//app.example.com/cb',
    '',
    'javascript:alert(1)',
    'java.script:alert(1)//\n',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://example.com/cb',
    `https://app.example.com/${'a'.repeat(2000)}`,
  ]
  for (const uri of refused) {
    test(`may not be ${JSON.stringify(uri.slice(0, 50))}`, () => {
      expect(isRedirectUri(uri, 'web')).toBe(false)
      expect(isRedirectUri(uri, 'native')).toBe(false)
    })
  }
})

test.describe('other addresses', () => {
  test('of the web are http or https', () => {
    expect(isWebUri('http://notes:3000/backchannel')).toBe(true)
    expect(isWebUri('https://notes.example/logo.svg')).toBe(true)
    expect(isWebUri('javascript:alert(1)')).toBe(false)
    expect(isHttpsUri('https://notes.example/jwks')).toBe(true)
    expect(isHttpsUri('http://notes.example/jwks')).toBe(false)
  })

  test('of a browser are origins and no more', () => {
    expect(isBrowserOrigin('https://app.example.com')).toBe(true)
    expect(isBrowserOrigin('http://localhost:5173')).toBe(true)
    for (const other of [
      'https://app.example.com/',
      'https://app.example.com:443',
      'https://APP.example.com',
      'http://app.example.com',
      '*',
      'null',
      'https://*.example.com',
    ])
      expect(isBrowserOrigin(other), other).toBe(false)
  })

  test('of a resource are absolute and have no fragment (RFC 8707 §2)', () => {
    expect(isResourceIdentifier('https://api.example.com/v1')).toBe(true)
    expect(isResourceIdentifier('urn:example:api')).toBe(true)
    expect(isResourceIdentifier('https://api.example.com/#a')).toBe(false)
    expect(isResourceIdentifier('/v1')).toBe(false)
    expect(isResourceIdentifier('https://api.example.com/\0')).toBe(false)
  })
})
