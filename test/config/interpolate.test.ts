import { expect, test } from 'playwright/test'
import { interpolate } from '../../src/config/interpolate.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { reasonFor, refusedKeys } from './problems-of.ts'

test.describe('a reference to a variable', () => {
  const filled: readonly [string, Record<string, string>, string][] = [
    [`\${A}`, { A: 'x' }, 'x'],
    [`a\${A}b\${B}c`, { A: '1', B: '2' }, 'a1b2c'],
    [`\${A:-d}`, {}, 'd'],
    [`\${A:-d}`, { A: '' }, 'd'],
    [`\${A:-d}`, { A: 'x' }, 'x'],
    [`\${A:-}`, {}, ''],
    [`\${A}`, { A: '' }, ''],
    [`$\${A}`, { A: 'x' }, `\${A}`],
    ['$A $$ $', { A: 'x' }, '$A $$ $'],
    [`\${A}`, { A: `\${B}`, B: 'never' }, `\${B}`],
    [`\${A}`, { A: '$& $1 $$' }, '$& $1 $$'],
  ]
  for (const [text, env, value] of filled) {
    test(`turns ${text} with ${JSON.stringify(env)} into ${JSON.stringify(value)}`, () => {
      expect(interpolate(text, env)).toEqual({ ok: true, value })
    })
  }

  for (const text of [
    `\${A}`,
    `\${a}`,
    '${',
    `\${}`,
    `\${A:d}`,
    `\${A`,
    `\${toString}`,
    `\${__PROTO__}`,
  ]) {
    test(`refuses ${text} when nothing is set`, () => {
      expect(interpolate(text, {}).ok).toBe(false)
    })
  }

  test('leaves other types alone', () => {
    expect(interpolate(5, {})).toEqual({ ok: true, value: 5 })
    expect(interpolate([`\${A}`, 5], { A: 'x' })).toEqual({ ok: true, value: ['x', 5] })
    expect(interpolate([`\${A}`], {}).ok).toBe(false)
  })
})

test.describe('a variable in the file', () => {
  test('takes the type of its key', () => {
    const text = `listen: { port: "\${P}" }\ndemo: \${D}\ndrain_timeout: \${T}\nbackchannel: { allow: ["\${N}"] }`
    const { config } = loadConfig({
      text,
      env: { P: '9000', D: 'true', T: '20s', N: '10.0.0.0/8' },
    })
    expect(config.listen.port).toBe(9_000)
    expect(config.demo).toBe(true)
    expect(config.drainTimeout).toBe(20)
    expect(config.backchannel.allow).toEqual(['10.0.0.0/8'])
  })

  test('cannot add keys, however it is written', () => {
    const text = `data_folder: \${FOLDER}\n`
    const { config } = loadConfig({ text, env: { FOLDER: 'x # "}, demo: true, y: {' } })
    expect(config.dataFolder).toBe('x # "}, demo: true, y: {')
    expect(config.demo).toBe(false)
    expect(refusedKeys({ text, env: { FOLDER: 'x\ndemo: true' } })).toEqual(['data_folder'])
  })

  test('does not name a key', () => {
    expect(refusedKeys({ text: `"\${KEY}": true`, env: { KEY: 'demo' } })).toEqual([`\${KEY}`])
  })

  test('is not asked for where the environment sets the key', () => {
    const { config } = loadConfig({
      text: `data_folder: \${NOPE}`,
      env: { SOJOURN_DATA_FOLDER: '/d' },
    })
    expect(config.dataFolder).toBe('/d')
  })

  test('names all that are missing', () => {
    expect(reasonFor('data_folder', { text: `data_folder: \${ONE}/\${TWO}` })).toBe(
      'the variable ONE is not set; the variable TWO is not set',
    )
  })
})
