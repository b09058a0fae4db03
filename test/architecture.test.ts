import { expect, test } from 'playwright/test'
import { readArchitecture, violations } from './support/architecture.ts'

const sources = readArchitecture(new URL('../src/', import.meta.url).pathname)

test.describe('the architecture', () => {
  test('is kept by every file', () => {
    expect(violations(sources)).toEqual([])
  })

  const planted: readonly [string, string, string, string][] = [
    ['an upward import', 'crypto/x.ts', "import { a } from '../keys/a.ts'", 'upward'],
    ['a sideways import', 'users/x.ts', "import type { A } from '../clients/a.ts'", 'sideways'],
    ['an upward export', 'ids.ts', "export { a } from './app.ts'", 'upward'],
    ['a lazy upward import', 'keys/x.ts', "const a = await import('../http/a.ts')", 'upward'],
    ["another folder's store", 'oidc/x.ts', "import { a } from '../keys/key-store.ts'", 'store'],
    ['argon2 outside its file', 'users/user.ts', "import argon2 from 'argon2'", 'argon2'],
    [
      'the provider in a domain folder',
      'sessions/x.ts',
      "import P from 'oidc-provider'",
      'oidc-provider',
    ],
    [
      'the environment in a domain folder',
      'keys/x.ts',
      "import 'jose'\nprocess.env.X",
      'process.env',
    ],
    ['SQL outside a store', 'keys/x.ts', "import 'jose'\ndb.$queryRaw`x`", 'SQL'],
    ['the demonstration knowing us', 'demo/x.ts', "import { a } from '../ids.ts'", 'SDK'],
    ['a dependency of the SDK', 'sdk/x.ts', "import { z } from 'zod'", 'zod'],
    ['a folder without a layer', 'misc/x.ts', "import { a } from '../ids.ts'", 'no layer'],
  ]
  for (const [name, file, text, word] of planted) {
    test(`refuses ${name}`, () => {
      expect(violations([{ file, text }]).join()).toContain(word)
    })
  }

  test('refuses to judge nothing', () => {
    expect(violations([])).toHaveLength(1)
    expect(violations([{ file: 'ids.ts', text: 'export const a = 1' }])).toHaveLength(1)
  })
})
