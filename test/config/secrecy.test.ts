import { format, inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import { ConfigError } from '../../src/config/config-error.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { variablesOf } from '../../src/config/read-environment.ts'
import { KEYS } from '../../src/config/settings.ts'

// Distinctive, and long enough that no word of a message holds it by chance.
const canaries = fc.stringMatching(/^[A-Za-z0-9!#%&*+,./:;<=>?@^_|~-]{12,60}$/)
const keys = fc.constantFrom(...KEYS)

test.describe('a configured value', () => {
  test('is never told by a refusal or a warning, wherever it stands in the file', () => {
    fc.assert(
      fc.property(keys, canaries, fc.boolean(), (key, canary, production) => {
        const value = key
          .split('.')
          .reduceRight<unknown>((inner, name) => ({ [name]: inner }), canary)
        const environment = production ? { SOJOURN_ENVIRONMENT: 'production' } : {}
        expect(said(JSON.stringify(value), environment)).not.toContain(canary)
      }),
      { numRuns: 400 },
    )
  })

  test('is never told, wherever it stands in the environment', () => {
    fc.assert(
      fc.property(keys, canaries, fc.boolean(), (key, canary, production) => {
        const environment = production ? { SOJOURN_ENVIRONMENT: 'production' } : {}
        const variable = variablesOf(key).at(-1) ?? ''
        expect(said('', { ...environment, [variable]: canary })).not.toContain(canary)
      }),
      { numRuns: 400 },
    )
  })

  const PLANTED = 'hunter2_hunter2_hunter2'
  const slips: readonly [string, string][] = [
    ['unquoted and with a colon', `database:\n  url: ${PLANTED}: x: y`],
    ['with an open quote', `session_manager:\n  token_generation:\n    secret_key: "${PLANTED}`],
    [
      'as a key of its own',
      `session_manager: { token_generation: { secret_key: { ${PLANTED}: 1 } } }`,
    ],
    ['in a list', `session_manager: { token_generation: { secret_key: [${PLANTED}] } }`],
    ['as a default', `database: { url: "\${URL:-mysql://${PLANTED}@db}" }`],
    ['after a stray reference', `database: { url: "mysql://u:\${${PLANTED}@db" }`],
    ['as a stray reference', `database: { url: "postgresql://u:\${${PLANTED}}@db" }`],
    ['as a tag', `database: { url: !${PLANTED} x }`],
    ['as an alias', `database: { url: *${PLANTED} }`],
    ['in a URL of another kind', `database: { url: "mysql://u:${PLANTED}@db" }`],
    [
      'in a cache URL',
      `session_manager: { session_storage: { connection_string: "redis://:${PLANTED}@c" } }`,
    ],
    ['in the issuer', `issuer: https://u:${PLANTED}@id.example`],
    ['in a network', `backchannel: { allow: ["${PLANTED}/8"] }`],
  ]
  for (const [name, text] of slips) {
    test(`is never told: ${name}`, () => {
      const words = said(text, {})
      expect(words).not.toContain('accepted')
      expect(words).not.toContain('hunter2')
    })
  }

  test('does not print with an accepted configuration', () => {
    const { config } = loadConfig({
      text: `session_manager: { session_storage: { type: redis, connection_string: "redis://:${PLANTED}@c" } }`,
      env: {
        DATABASE_URL: `postgresql://u:${PLANTED}@localhost/db`,
        SESSION_SECRET_KEY: PLANTED,
        SESSION_SECRET_KEY_PREVIOUS: `${PLANTED}-old`,
      },
    })
    expect(config.database.url?.reveal()).toContain(PLANTED)
    expect(JSON.stringify(config)).not.toContain('hunter2')
    expect(inspect(config, { depth: 9, showHidden: true })).not.toContain('hunter2')
    expect(inspect(config, { depth: 9, customInspect: false })).not.toContain('hunter2')
  })
})

/** All that a caller could log of loading this. */
function said(text: string, env: Record<string, string>): string {
  try {
    return `accepted ${loadConfig({ text, env }).warnings.join()}`
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return format('%s %o %j', error, error, error.problems)
  }
}
