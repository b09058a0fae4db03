import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import { formatId, newId, parseId, type SessionId } from '../src/ids.ts'

test.describe('identifiers', () => {
  test('read back what they print', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        expect(parseId('ses', formatId('ses', uuid as SessionId))).toBe(uuid)
      }),
    )
  })

  test('print a known uuid in a known way', () => {
    const id = '0197f0c0-a1b2-7c3d-8e4f-5a6b7c8d9e0f' as SessionId
    expect(formatId('ses', id)).toBe('ses_01jzrc18djfgyrwkttddy8v7gf')
  })

  for (const text of [
    '',
    'ses_',
    'usr_01jzrc18djfgyrwkttdey8v7gf',
    'ses_01JZRC18DJFGYRWKTTDEY8V7GF',
    'ses_81jzrc18djfgyrwkttdey8v7gf',
    'ses_01jzrc18djfgyrwkttdey8v7g',
    'ses_01jzrc18djfgyrwkttdey8v7gi',
    'ses_01jzrc18djfgyrwkttddy8v7gf ',
    7,
    null,
  ]) {
    test(`refuse ${JSON.stringify(text)}`, () => {
      expect(parseId('ses', text)).toBeNull()
    })
  }

  test('are ordered by time', () => {
    const ids = Array.from({ length: 100 }, () => newId<'ses'>())
    expect([...ids].sort()).toEqual(ids)
  })
})
