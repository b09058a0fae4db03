import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'playwright/test'
import { loadConfig } from '../../src/config/load-config.ts'
import { refusalOf, refusedKeys } from './problems-of.ts'

const SAMPLE = readFileSync(new URL('session-manager.example.yaml', import.meta.url), 'utf8')
const RANDOM = createHash('sha256').update('drawn for this test').digest('base64')

test.describe('the sample of the mission', () => {
  const { config, warnings } = loadConfig({ text: SAMPLE, env: { SESSION_SECRET_KEY: RANDOM } })

  test('loads with one warning, about redis', () => {
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('PostgreSQL holds the sessions')
  })

  test('sets what its keys name', () => {
    expect(config.sessions).toEqual({
      tokenLifetime: 28_800,
      idleTimeout: 1_800,
      maxDuration: 86_400,
      absoluteTimeout: 604_800,
      maxConcurrent: 5,
      onReachingLimit: 'evict_oldest',
    })
    expect(config.login).toEqual({ idleTimeout: 3_600, absoluteTimeout: 604_800 })
    expect(config.renewal).toEqual({ auto: true, threshold: 3_600, max: 10, grace: 300 })
    expect(config.keys.epochRotation).toBe(86_400)
    expect(config.validation).toEqual({
      context: true,
      deviceFingerprint: true,
      location: false,
      boundedOnRequest: false,
      maxStaleness: 5,
      remembered: 20_000,
    })
    expect(config.distributed).toEqual({
      clusterMode: true,
      replicationFactor: 3,
      consistency: 'strong',
      failover: true,
    })
    expect(config.analytics.collection).toEqual({
      enabled: true,
      interval: 60,
      retention: 7_776_000,
    })
  })

  test('keeps the secret as bytes that do not print', () => {
    if (config.rootKey.source !== 'secret') throw new Error('not from the secret')
    expect(config.rootKey.current.reveal().toString('base64')).toBe(RANDOM)
    expect(config.rootKey.previous).toBeNull()
    expect(JSON.stringify(config)).toContain('"current":"[redacted]"')
  })

  for (const secret of ['abc', 'two\nlines', 'ключ', `\${SESSION_SECRET_KEY}`, 'a: b # c', '"']) {
    test(`loads in development with the secret ${JSON.stringify(secret)}, and warns`, () => {
      const loaded = loadConfig({ text: SAMPLE, env: { SESSION_SECRET_KEY: secret } })
      if (loaded.config.rootKey.source !== 'secret') throw new Error('not from the secret')
      expect(loaded.config.rootKey.current.reveal()).toHaveLength(32)
      expect(loaded.warnings).toHaveLength(2)
    })
  }

  test('is refused when its variable is not set', () => {
    expect(refusalOf({ text: SAMPLE }).problems).toEqual([
      {
        key: 'session_manager.token_generation.secret_key',
        reason: 'the variable SESSION_SECRET_KEY is not set',
      },
    ])
  })
})

test.describe('without a file', () => {
  const { config, warnings } = loadConfig({ env: {} })

  test('gives a development server with a database and a root key of its own', () => {
    expect(warnings).toEqual([])
    expect(config.production).toBe(false)
    expect(config.issuer).toBe('http://localhost:8080')
    expect(config.listen).toEqual({ host: '127.0.0.1', port: 8080 })
    expect(config.database.url).toBeNull()
    expect(config.rootKey).toEqual({ source: 'file', file: 'data/root-key' })
    expect(config.passwords).toEqual({
      maxConcurrentHashes: 2,
      memoryKiB: 19_456,
      iterations: 2,
      parallelism: 1,
    })
  })

  test('lets the issuer follow the port', () => {
    expect(loadConfig({ env: { SOJOURN_PORT: '9090' } }).config.issuer).toBe(
      'http://localhost:9090',
    )
  })

  test('lets a login idle as long as its sessions may', () => {
    const { login } = loadConfig({
      env: { SOJOURN_SESSION_MANAGER_SECURITY_SESSION_POLICIES_IDLE_TIMEOUT: '2h' },
    }).config
    expect(login.idleTimeout).toBe(7_200)
  })
})

test('the result is frozen to its depth', () => {
  const loaded = loadConfig({ text: SAMPLE, env: { SESSION_SECRET_KEY: RANDOM } })
  const thawed: string[] = []
  const visit = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return
    if (!Object.isFrozen(value)) thawed.push(path)
    for (const [name, member] of Object.entries(value)) visit(member, `${path}.${name}`)
  }
  visit(loaded, 'loaded')
  expect(thawed).toEqual([])
  expect(Object.isFrozen(loaded.config.backchannel.allow)).toBe(true)
})

test('every problem is reported at once', () => {
  const refusal = refusalOf({
    source: 'sojourn.yaml',
    text: `
      colour: blue
      issuer: https://id.example.com/
      listen: { port: 80800 }
      drain_timeout: 10
      demo: perhaps
      data_folder:
      log_level: \${LEVEL}
      tokens: { access_token: 6m }
      passwords: { memory_kib: 8192 }
      session_manager:
        validation: 7
        token_generation: { algorithm: RS256, token_length: 64 }
        security: { session_policies: { idle_timeout: 25h } }
    `,
    env: { SOJOURN_COLOUR: 'blue', SOJOURN_PROXY_HOPS: '-1', DATABASE_URL: 'mysql://db/x' },
  })
  expect(refusal.problems.map(({ key }) => key)).toEqual([
    'colour',
    'session_manager.validation',
    'SOJOURN_COLOUR',
    'issuer',
    'listen.port',
    'proxy_hops',
    'data_folder',
    'demo',
    'log_level',
    'drain_timeout',
    'tokens.access_token',
    'passwords.memory_kib',
    'session_manager.token_generation.algorithm',
    'session_manager.token_generation.token_length',
    'session_manager.security.session_policies.idle_timeout',
    'database.url',
  ])
  expect(refusal.message).toMatch(/^sojourn\.yaml has 16 problems:\n {2}colour: is no key\n/)
  for (const { key, reason } of refusal.problems)
    expect(refusal.message).toContain(`\n  ${key}: ${reason}`)
})

test.describe('a switch that would take a safeguard away', () => {
  const switches = [
    'session_manager.validation.check_expiration',
    'session_manager.security.encryption.enabled',
    'session_manager.security.token_validation.signature_verification',
    'session_manager.security.token_validation.audience_validation',
    'session_manager.security.token_validation.issuer_validation',
    'session_manager.monitoring.audit_logging',
  ]
  for (const key of switches) {
    const variable = `SOJOURN_${key.toUpperCase().replaceAll('.', '_')}`
    test(`is refused when false: ${key}`, () => {
      expect(refusedKeys({ text: yamlAt(key, false) })).toEqual([key])
      expect(refusedKeys({ env: { [variable]: 'false' } })).toEqual([key])
      expect(refusedKeys({ env: { [variable]: '0' } })).toEqual([key])
    })
    test(`is taken when true: ${key}`, () => {
      expect(loadConfig({ text: yamlAt(key, true), env: {} }).warnings).toEqual([])
    })
  }
})

test.describe('limits that contradict each other', () => {
  const POLICIES = 'session_manager.security.session_policies'
  const contradictions: readonly [string, Record<string, string>][] = [
    [
      `${POLICIES}.idle_timeout`,
      { [`${POLICIES}.idle_timeout`]: '25h', 'login.idle_timeout': '26h' },
    ],
    [`${POLICIES}.idle_timeout`, { 'login.idle_timeout': '10m' }],
    ['login.idle_timeout', { 'login.idle_timeout': '8d' }],
    [`${POLICIES}.max_session_duration`, { [`${POLICIES}.max_session_duration`]: '8d' }],
    [
      'session_manager.token_generation.expiration_time',
      { 'session_manager.token_generation.expiration_time': '25h' },
    ],
    [
      'session_manager.renewal.renewal_threshold',
      { 'session_manager.renewal.renewal_threshold': '9h' },
    ],
    ['offline.idle_timeout', { 'offline.idle_timeout': '91d' }],
    ['database.lock_timeout', { 'database.lock_timeout': '11s' }],
    ['keys.signing.rotation', { 'keys.signing.rotation': '9m' }],
    ['demo_ports.notes', { demo: 'true', 'demo_ports.notes': '8080' }],
    [
      'session_manager.session_storage.connection_string',
      { 'session_manager.session_storage.connection_string': 'redis://localhost' },
    ],
    [
      'session_manager.token_generation.secret_key',
      {
        'session_manager.token_generation.secret_key': RANDOM,
        'keys.root_key_file': '/run/secrets/root-key',
      },
    ],
    [
      'session_manager.token_generation.secret_key_previous',
      { 'session_manager.token_generation.secret_key_previous': RANDOM },
    ],
  ]
  for (const [key, settings] of contradictions) {
    test(`are refused at ${key} (${Object.keys(settings)[0]})`, () => {
      const env = Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [
          `SOJOURN_${name.toUpperCase().replaceAll('.', '_')}`,
          value,
        ]),
      )
      expect(refusedKeys({ env })).toEqual([key])
    })
  }

  test('are not looked for where one of them is broken already', () => {
    const policies = { absolute_timeout: 'a while', max_session_duration: '8d' }
    const text = yamlAt(POLICIES, policies)
    expect(refusedKeys({ text })).toEqual([`${POLICIES}.absolute_timeout`])
  })
})

test.describe('lengths and numbers', () => {
  const refused: readonly [string, unknown][] = [
    ['tokens.access_token', '301s'],
    ['tokens.access_token', '0s'],
    ['tokens.access_token', 300],
    ['tokens.code', '11m'],
    ['tokens.refresh_grace', '61s'],
    ['passwords.memory_kib', 19_455],
    ['passwords.iterations', 1],
    ['passwords.parallelism', 0],
    ['listen.port', 0],
    ['listen.port', '8080.5'],
    ['listen.port', true],
    ['listen.port', [8080]],
    ['session_manager.token_generation.token_length', 127],
    ['session_manager.token_generation.token_length', 513],
    ['session_manager.security.session_policies.max_concurrent_sessions', 0],
    ['session_manager.security.encryption.algorithm', 'AES-256-CBC'],
    ['demo', 'yes'],
    ['demo', 1],
    ['demo', { now: true }],
    ['data_folder', 'a\u0000b'],
    ['data_folder', ''],
    ['listen.host', 'no host'],
    ['log_level', 'verbose'],
  ]
  for (const [key, value] of refused) {
    test(`refuse ${JSON.stringify(value)} at ${key}`, () => {
      expect(refusedKeys({ text: yamlAt(key, value) })).toEqual([key])
    })
  }

  test('take their bounds', () => {
    const text = `
      tokens: { access_token: 5m, code: 10m, refresh_grace: 0s }
      passwords: { memory_kib: "65536", iterations: 3 }
      session_manager:
        token_generation: { token_length: 512 }
        security: { session_policies: { max_concurrent_sessions: unlimited } }
    `
    const { config } = loadConfig({ text, env: {} })
    expect(config.tokens).toEqual({ accessToken: 300, code: 600, refreshGrace: 0, idToken: 3_600 })
    expect(config.passwords.memoryKiB).toBe(65_536)
    expect(config.sessions.maxConcurrent).toBeNull()
  })
})

test.describe('an issuer', () => {
  const refused = [
    'https://id.example.com/',
    'https://id.example.com/x',
    'https://id.example.com?x=1',
    'https://id.example.com#',
    'https://u:p@id.example.com',
    'https://ID.example.com',
    'https://id.example.com:443',
    'ftp://id.example.com',
    'id.example.com',
  ]
  for (const issuer of refused) {
    test(`is not ${issuer}`, () => {
      expect(refusedKeys({ env: { SOJOURN_ISSUER: issuer } })).toEqual(['issuer'])
    })
  }

  test('is an origin', () => {
    const { issuer } = loadConfig({ env: { SOJOURN_ISSUER: 'https://id.example.com:8443' } }).config
    expect(issuer).toBe('https://id.example.com:8443')
  })
})

/** A document with one value at a dotted key. */
function yamlAt(key: string, value: unknown): string {
  return JSON.stringify(
    key.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value),
  )
}

test.describe('who replaces the root key', () => {
  const by = (env: Readonly<Record<string, string>>) =>
    loadConfig({ env }).config.keys.rootRotationBy
  const DATABASE_URL = 'postgresql://localhost/sojourn'

  test('is the server where nobody else can hold a copy of it', () => {
    expect(by({})).toBe('server')
  })

  for (const [what, env] of [
    ['the database is shared', { DATABASE_URL }],
    ['the file is named', { SOJOURN_ROOT_KEY_FILE: '/run/secrets/root-key' }],
    ['it is a secret of the configuration', { SESSION_SECRET_KEY: RANDOM }],
  ] as const)
    test(`is an operator where ${what}`, () => {
      expect(by(env)).toBe('operator')
    })

  test('is whom the operator names', () => {
    expect(by({ DATABASE_URL, SOJOURN_KEYS_ROOT_ROTATION_BY: 'server' })).toBe('server')
    expect(by({ SOJOURN_KEYS_ROOT_ROTATION_BY: 'operator' })).toBe('operator')
  })

  test('is never the server where the configuration holds it', () => {
    const env = { SESSION_SECRET_KEY: RANDOM, SOJOURN_KEYS_ROOT_ROTATION_BY: 'server' }
    expect(refusedKeys({ env })).toEqual(['keys.root_rotation_by'])
  })
})
