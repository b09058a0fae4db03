import { expect, test } from 'playwright/test'
import { sidFor, subjectFor } from '../../src/clients/subject.ts'
import { mac } from '../../src/crypto/mac.ts'
import type { SessionId, UserId } from '../../src/ids.ts'

const deps = {
  lookup: { durableHash: (kind: string, value: string) => mac(Buffer.alloc(32, 7), [kind, value]) },
}
const USER = '018f6b1e-7c3a-7000-8000-000000000001' as UserId
const SESSION = '018f6b1e-7c3a-7000-8000-000000000002' as SessionId

const open = { clientId: 'notes', metadata: { redirect_uris: ['https://notes.test/cb'] } }

function pairwise(clientId: string, metadata: { redirect_uris?: string[]; sector?: string } = {}) {
  const { redirect_uris = ['https://a.test/cb'], sector } = metadata
  return {
    clientId,
    metadata: {
      subject_type: 'pairwise',
      redirect_uris,
      ...(sector && { sector_identifier_uri: sector }),
    },
  } as const
}

test.describe('the subject of a user', () => {
  test('is the user id for public clients', () => {
    expect(subjectFor(deps, open, USER)).toBe('usr_01hxnhwz1te008000000000001')
  })

  test('is a fixed pseudonym for pairwise clients', () => {
    expect(subjectFor(deps, pairwise('a'), USER)).toBe('gRdPvjWz3Qcbve5RHXdIDNSXlBZfe8uB')
  })

  test('is one for all clients of a sector, whatever else they are', () => {
    const one = pairwise('a', { redirect_uris: ['https://a.test/cb'] })
    const other = pairwise('b', { redirect_uris: ['https://a.test/other'] })
    expect(subjectFor(deps, one, USER)).toBe(subjectFor(deps, other, USER))
  })

  test('follows sector_identifier_uri before redirect addresses', () => {
    const one = pairwise('a', { sector: 'https://sector.test/uris.json' })
    const other = pairwise('b', {
      redirect_uris: ['https://b.test/cb'],
      sector: 'https://sector.test/other.json',
    })
    expect(subjectFor(deps, one, USER)).toBe(subjectFor(deps, other, USER))
  })

  test('differs between sectors and between users', () => {
    const another = '018f6b1e-7c3a-7000-8000-000000000003' as UserId
    const subjects = [
      subjectFor(deps, pairwise('a'), USER),
      subjectFor(deps, pairwise('a'), another),
      subjectFor(deps, pairwise('a', { redirect_uris: ['https://b.test/cb'] }), USER),
    ]
    expect(new Set(subjects).size).toBe(3)
  })

  test('is not made up for a pairwise client without a sector', () => {
    expect(() => subjectFor(deps, pairwise('a', { redirect_uris: [] }), USER)).toThrow('sector')
  })
})

test.describe('the sid of a session', () => {
  test('is the session id for public clients', () => {
    expect(sidFor(deps, open, SESSION)).toBe('ses_01hxnhwz1te008000000000002')
  })

  test('is a fixed pseudonym for pairwise clients', () => {
    expect(sidFor(deps, pairwise('a'), SESSION)).toBe('HNtFKuV1F3yD5t2dbfJjXGg5gXFsHrkO')
  })

  test('differs between clients of one sector', () => {
    expect(sidFor(deps, pairwise('a'), SESSION)).not.toBe(sidFor(deps, pairwise('b'), SESSION))
  })
})
