import { expect, test } from 'playwright/test'
import { formatId, newId } from '../../src/ids.ts'
import { parseRoles } from '../../src/workspaces/membership.ts'
import { isSlug, isWorkspaceName } from '../../src/workspaces/workspace.ts'

test.describe('a slug', () => {
  for (const slug of ['a', '1', 'acme', 'acme-2', 'a-b-c', 'a'.repeat(63)]) {
    test(`may be ${slug.slice(0, 20)}`, () => {
      expect(isSlug(slug)).toBe(true)
    })
  }

  const refused = ['', '-a', 'a-', 'a--b', 'Acme', 'a_b', 'a b', 'a.b', 'ä', 'a\0', 'a\n']
  for (const slug of [...refused, 'a'.repeat(64), 'a-'.repeat(500_000)]) {
    test(`may not be ${JSON.stringify(slug.slice(0, 20))} of ${slug.length}`, () => {
      expect(isSlug(slug)).toBe(false)
    })
  }

  test('is never an identifier', () => {
    expect(isSlug(formatId('wsp', newId()))).toBe(false)
  })
})

test.describe('a name of a workspace', () => {
  test('is one line with something in it', () => {
    expect(isWorkspaceName('Müller & Söhne')).toBe(true)
    expect(isWorkspaceName('  ')).toBe(false)
    expect(isWorkspaceName('a\0b')).toBe(false)
    expect(isWorkspaceName('x'.repeat(121))).toBe(false)
  })
})

test.describe('roles', () => {
  test('are sorted and said once', () => {
    expect(parseRoles(['viewer', 'admin', 'viewer'])).toEqual(['admin', 'viewer'])
    expect(parseRoles([])).toEqual([])
    expect(parseRoles(['billing:read', 'team_lead', 'a.b-c'])).toEqual([
      'a.b-c',
      'billing:read',
      'team_lead',
    ])
  })

  const refused = [[''], ['Admin'], ['a b'], ['-a'], ['a--b'], ['a\0'], ['a'.repeat(65)]]
  for (const names of refused) {
    test(`are not ${JSON.stringify(names).slice(0, 20)}`, () => {
      expect(parseRoles(names)).toBeNull()
    })
  }

  test('are 32 at most', () => {
    const names = Array.from({ length: 33 }, (_, at) => `role${at}`)

    expect(parseRoles(names.slice(0, 32))).toHaveLength(32)
    expect(parseRoles(names)).toBeNull()
  })
})
