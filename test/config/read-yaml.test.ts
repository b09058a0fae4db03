import { expect, test } from 'playwright/test'
import { loadConfig } from '../../src/config/load-config.ts'
import { reasonFor, refusalOf, refusedKeys } from './problems-of.ts'

test.describe('an unknown key', () => {
  test('is refused with its whole path', () => {
    const text = 'listen: { prot: 1 }\nsession_manager: { renewal: { colour: red } }\n__proto__: 1'
    expect(refusedKeys({ text })).toEqual([
      'listen.prot',
      'session_manager.renewal.colour',
      '__proto__',
    ])
  })

  test('is answered with the nearest known one', () => {
    expect(reasonFor('listen.prot', { text: 'listen: { prot: 1 }' })).toBe(
      'is no key; did you mean listen.port?',
    )
    expect(reasonFor('key_rotation', { text: 'key_rotation: 24h' })).toBe(
      'is no key; did you mean session_manager.security.encryption.key_rotation?',
    )
    expect(reasonFor('banana', { text: 'banana: 1' })).toBe('is no key')
  })

  test('cannot write to the terminal', () => {
    const [key] = refusedKeys({ text: `"\\e[2Jgone\\n": 1` })
    expect(key).toBe('?[2Jgone?')
    expect(refusedKeys({ text: `${'x'.repeat(500)}: 1` })[0]).toHaveLength(121)
  })

  test('with a dot in its name is no path', () => {
    expect(refusedKeys({ text: 'listen.port: 81' })).toEqual(['listen.port'])
  })
})

test.describe('a section', () => {
  test('may be empty', () => {
    expect(
      loadConfig({ text: 'listen:\n  # port: 1\nsession_manager:\n', env: {} }).warnings,
    ).toEqual([])
  })

  test('is not a value, and a value is not a section', () => {
    expect(refusedKeys({ text: 'listen: 8080\nissuer: { a: 1 }' })).toEqual(['listen', 'issuer'])
  })
})

test.describe('a file that is not plain YAML', () => {
  const broken: readonly [string, string][] = [
    ['a slip of form', 'listen: { port: hunter2'],
    ['a key given twice', 'demo: true\ndemo: false'],
    ['a tag of its own', 'issuer: !!js/function hunter2'],
    ['two documents', 'demo: true\n---\ndemo: false'],
    ['a list', '- hunter2'],
    ['bare text', 'hunter2'],
    ['a key that is a list', '? [hunter2]\n: 1'],
    ['an alias without anchor', 'issuer: *hunter2'],
    ['deep nesting', '['.repeat(20_000)],
    ['great length', `# ${'x'.repeat(300_000)}`],
  ]
  for (const [name, text] of broken) {
    test(`is refused by name, and not quoted: ${name}`, () => {
      const refusal = refusalOf({ text, source: 'my.yaml' })
      expect(new Set(refusal.problems.map(({ key }) => key))).toEqual(new Set(['my.yaml']))
      expect(refusal.message).not.toContain('hunter2')
    })
  }

  test('tells the line', () => {
    const refusal = refusalOf({ text: 'demo: true\nissuer: x\ndemo: false', source: 'my.yaml' })
    expect(refusal.problems).toEqual([
      { key: 'my.yaml', reason: 'is not plain YAML at line 3, column 1 (duplicate key)' },
    ])
  })

  test('says nothing of keys that it may hold', () => {
    const env = { SOJOURN_ENVIRONMENT: 'production', SOJOURN_TYPO: '1' }
    expect(refusedKeys({ text: 'issuer: [', source: 'my.yaml', env })).toEqual([
      'my.yaml',
      'SOJOURN_TYPO',
    ])
  })

  test('does not unfold aliases of aliases', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [before, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'])
      lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
    const refusal = refusalOf({ text: lines.join('\n'), source: 'my.yaml' })
    expect(refusal.problems).toHaveLength(1)
    expect(refusal.problems[0]?.reason).toContain('aliases')
  })

  test('may use an alias', () => {
    const text = 'throttle: { per_user: &limit { points: 7 }, per_address: *limit }'
    expect(loadConfig({ text, env: {} }).config.throttle.perAddress.points).toBe(7)
  })
})
