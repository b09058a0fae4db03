import { createHash } from 'node:crypto'
import { expect, test } from 'playwright/test'
import { loadConfig } from '../../src/config/load-config.ts'
import { reasonFor, refusedKeys } from './problems-of.ts'

const SECRET = 'session_manager.token_generation.secret_key'
const GOOD = {
  SOJOURN_ENVIRONMENT: 'production',
  SOJOURN_ISSUER: 'https://id.example.com',
  DATABASE_URL: 'postgresql://s:p@db.example.com/sojourn?sslmode=verify-full',
  SESSION_SECRET_KEY: createHash('sha256').update('drawn for this test').digest('base64'),
}

test.describe('in production', () => {
  test('a sound configuration starts, on all interfaces, without a warning', () => {
    const { config, warnings } = loadConfig({ env: GOOD })
    expect(config.production).toBe(true)
    expect(config.listen.host).toBe('0.0.0.0')
    expect(config.rootKey.source).toBe('secret')
    expect(warnings).toEqual([])
  })

  test('every insecure choice is refused at once', () => {
    const env = { SOJOURN_ENVIRONMENT: 'production', SOJOURN_DEMO: 'true' }
    expect(refusedKeys({ env })).toEqual(['issuer', 'demo', 'database.url', 'keys.root_key_file'])
    expect(reasonFor('keys.root_key_file', { env })).toContain('generated root key')
  })

  const choices: readonly [string, string, Record<string, string>][] = [
    ['an http issuer', 'issuer', { SOJOURN_ISSUER: 'http://id.example.com' }],
    ['an http issuer on loopback', 'issuer', { SOJOURN_ISSUER: 'http://localhost:8080' }],
    ['the demonstration', 'demo', { SOJOURN_DEMO: 'true' }],
    [
      'a database without verified TLS',
      'database.url',
      { DATABASE_URL: 'postgresql://db.example.com/s' },
    ],
    [
      'a previous pass phrase',
      `${SECRET}_previous`,
      { SESSION_SECRET_KEY_PREVIOUS: 'old password' },
    ],
    [
      'a pass phrase',
      SECRET,
      { SESSION_SECRET_KEY: 'correct horse battery staple, and more of it' },
    ],
    ['a short secret', SECRET, { SESSION_SECRET_KEY: 'q83vEjRWeJCrze8SNFZ4kA==' }],
    ['a repeated secret', SECRET, { SESSION_SECRET_KEY: '42'.repeat(32) }],
    [
      'the generated key file',
      'keys.root_key_file',
      { SESSION_SECRET_KEY: '', SOJOURN_ROOT_KEY_FILE: 'data/root-key' },
    ],
    [
      'a key file among the data',
      'keys.root_key_file',
      { SESSION_SECRET_KEY: '', SOJOURN_ROOT_KEY_FILE: './x/../data/keys/root' },
    ],
  ]
  for (const [name, key, change] of choices) {
    test(`refuses ${name}`, () => {
      expect(refusedKeys({ env: { ...GOOD, ...change } })).toEqual([key])
      expect(() =>
        loadConfig({ env: { ...GOOD, ...change, SOJOURN_ENVIRONMENT: '' } }),
      ).not.toThrow()
    })
  }

  test('takes a key file that is kept elsewhere', () => {
    const env = { ...GOOD, SESSION_SECRET_KEY: '', SOJOURN_ROOT_KEY_FILE: '/run/secrets/root-key' }
    expect(loadConfig({ env }).config.rootKey).toEqual({
      source: 'file',
      file: '/run/secrets/root-key',
    })
  })

  test('takes an unprotected database only when told so, and warns', () => {
    const env = { ...GOOD, DATABASE_URL: 'postgresql://s:p@postgres/s' }
    expect(refusedKeys({ env })).toEqual(['database.url'])
    const told = loadConfig({ env: { ...env, SOJOURN_DATABASE_INSECURE_TRANSPORT: 'true' } })
    expect(told.warnings).toHaveLength(1)
  })
})
