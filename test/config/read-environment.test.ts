import { expect, test } from 'playwright/test'
import { loadConfig } from '../../src/config/load-config.ts'
import { variablesOf } from '../../src/config/read-environment.ts'
import { KEYS } from '../../src/config/settings.ts'
import { reasonFor, refusedKeys } from './problems-of.ts'

test.describe('the environment', () => {
  test('overrides the file', () => {
    const { config } = loadConfig({
      text: 'issuer: https://file.example\nlisten: { port: 1, host: 10.0.0.1 }\ndemo: false\nkeys: { root_key_file: /file }',
      env: {
        SOJOURN_ISSUER: 'https://env.example',
        SOJOURN_PORT: '2',
        SOJOURN_DEMO: '1',
        SOJOURN_LISTEN_HOST: '::1',
        SOJOURN_ROOT_KEY_FILE: '/env',
        SOJOURN_BACKCHANNEL_ALLOW: '10.0.0.0/8, RP.internal:8443',
        DATABASE_URL: 'postgresql://localhost/env',
        SOJOURN_CONFIG: 'elsewhere.yaml',
      },
    })
    expect(config.issuer).toBe('https://env.example')
    expect(config.listen).toEqual({ host: '::1', port: 2 })
    expect(config.demo).toBe(true)
    expect(config.rootKey).toEqual({ source: 'file', file: '/env' })
    expect(config.backchannel.allow).toEqual(['10.0.0.0/8', 'rp.internal:8443'])
    expect(config.database.url?.reveal()).toBe('postgresql://localhost/env')
  })

  test('sets nothing with an empty variable', () => {
    const { config } = loadConfig({ env: { SOJOURN_PORT: '', DATABASE_URL: '' } })
    expect(config.listen.port).toBe(8_080)
    expect(config.database.url).toBeNull()
  })

  test('is not interpolated', () => {
    const env = { SOJOURN_DATA_FOLDER: `\${HOME}`, HOME: '/root' }
    expect(loadConfig({ env }).config.dataFolder).toBe(`\${HOME}`)
  })

  test('refuses a variable of ours that is no key', () => {
    const env = { SOJOURN_PROT: '1', SOJOURN_: '1', OTHER: '1' }
    expect(refusedKeys({ env })).toEqual(['SOJOURN_PROT', 'SOJOURN_'])
    expect(reasonFor('SOJOURN_PROT', { env })).toBe('is no variable; did you mean SOJOURN_PORT?')
  })

  test('says which variable held the bad value', () => {
    expect(reasonFor('listen.port', { env: { SOJOURN_PORT: 'tcp://10.0.0.1:80' } })).toContain(
      '(set by SOJOURN_PORT)',
    )
  })

  test('refuses two variables of one key that differ', () => {
    const env = { SOJOURN_PORT: '1', SOJOURN_LISTEN_PORT: '2' }
    expect(refusedKeys({ env })).toEqual(['listen.port'])
    const agreed = { SOJOURN_PORT: '3', SOJOURN_LISTEN_PORT: '3' }
    expect(loadConfig({ env: agreed }).config.listen.port).toBe(3)
  })

  test('reaches every key by a variable that no other key has', () => {
    const variables = KEYS.flatMap(variablesOf)
    expect(new Set(variables).size).toBe(variables.length)
    for (const variable of variables) {
      // A tab or a word that no kind takes shows that the variable arrives where it should.
      const problems = attempt(variable)
      expect(problems, variable).not.toContain(variable)
    }
  })
})

function attempt(variable: string): string[] {
  try {
    loadConfig({ env: { [variable]: '\t' } })
    return []
  } catch {
    return refusedKeys({ env: { [variable]: '\t' } })
  }
}
