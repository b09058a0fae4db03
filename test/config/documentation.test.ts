import { readFileSync } from 'node:fs'
import { expect, test } from 'playwright/test'
import { isMap, parse, parseDocument, visit } from 'yaml'
import { loadConfig } from '../../src/config/load-config.ts'
import { variablesOf } from '../../src/config/read-environment.ts'
import { KEYS, SETTINGS } from '../../src/config/settings.ts'

const PAGE = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
const EXAMPLE = readFileSync(new URL('../../sojourn.example.yaml', import.meta.url), 'utf8')

test.describe('docs/configuration.md', () => {
  const rows = [...PAGE.matchAll(/^\| `([^`]+)` \| (.+?) \| (.+?) \| (.*)\|$/gm)]

  test('has a row for every key, with its variables and its default', () => {
    const documented = rows.map(([, key, variables, fallback]) => ({ key, variables, fallback }))
    const known = KEYS.map((key) => ({
      key,
      variables: variablesOf(key)
        .map((name) => `\`${name}\``)
        .join(', '),
      fallback: SETTINGS[key].fallback ? `\`${SETTINGS[key].fallback}\`` : '—',
    }))
    expect(documented.sort(byKey)).toEqual(known.sort(byKey))
  })

  test('names no variable that does not exist', () => {
    const known = [...KEYS.flatMap(variablesOf), 'SOJOURN_CONFIG']
    const named = [...PAGE.matchAll(/\bSOJOURN_[A-Z_]+/g)].map(([name]) => name)
    expect(named.filter((name) => !known.includes(name) && name !== 'SOJOURN_')).toEqual([])
  })
})

test.describe('sojourn.example.yaml', () => {
  test('loads, and changes nothing', () => {
    expect(loadConfig({ text: EXAMPLE, env: {} })).toEqual(loadConfig({ env: {} }))
  })

  test('names every key, the optional ones in comments that would parse', () => {
    const uncommented = EXAMPLE.replaceAll(/^( *)# ([a-z_]+: ["\d])/gm, '$1$2')
    const named: string[] = []
    visit(parseDocument(uncommented), {
      Pair(_, pair, path) {
        if (isMap(pair.value)) return
        const parents = path.flatMap((node) => ('key' in node ? [String(node.key)] : []))
        named.push([...parents, String(pair.key)].join('.'))
      },
    })
    expect(named.sort()).toEqual([...KEYS].sort())
    expect(parse(uncommented)).toMatchObject({ issuer: 'https://id.example.com' })
  })
})

function byKey(a: { key?: string | undefined }, b: { key?: string | undefined }): number {
  return String(a.key) < String(b.key) ? -1 : 1
}
