import fc from 'fast-check'
import pg from 'pg'
import { readInstant, readTexts } from '../../src/database/read-values.ts'
import { expect, test } from '../support/database.ts'

const INSTANTS = [
  '2026-11-21 14:07:38.123456+00',
  '2026-11-21 14:07:38.9999+00',
  '2026-11-21 14:07:38.1+00',
  '2026-11-21 14:07:38+00',
  '2024-02-29 23:59:59.000001+00',
  '1969-12-31 23:59:59.5+00',
  '0044-03-15 12:00:00+00',
  '0044-03-15 12:00:00+00 BC',
  '12026-01-01 00:00:00+00',
  '2026-11-21 14:07:38+05:30',
  '2026-11-21 14:07:38-03',
  'infinity',
  '-infinity',
]
const LISTS = [
  '{}',
  '{member}',
  '{member,admin}',
  '{https://api.example/,b}',
  '{"a b",c}',
  '{"a\\"b","c,d"}',
  '{"NULL",NULL}',
  '{""}',
  '{é}',
  '[0:1]={a,b}',
]

test.describe('a value from the database', () => {
  test('is the instant that the driver itself reads', () => {
    const theirs = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ, 'text')
    for (const text of INSTANTS) expect(readInstant(text), text).toEqual(theirs(text))
    expect(readInstant('2026-11-21 14:07:38.1239+00')).toEqual(new Date(1_795_270_058_123))
  })

  test('is the list of texts that the driver itself reads', () => {
    const theirs = pg.types.getTypeParser(1009 as never, 'text')
    for (const text of LISTS) expect(readTexts(text), text).toEqual(theirs(text))
  })

  test('comes back as it was sent', async ({ database: { pool } }) => {
    const sent = { min: new Date('0100-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') }
    const pairs = fc.tuple(fc.date({ ...sent, noInvalidDate: true }), fc.array(fc.string()))
    await fc.assert(
      fc.asyncProperty(pairs, async ([at, words]) => {
        const texts = words.map((word) => word.toWellFormed().replaceAll('\0', ''))
        const { rows } = await pool.query('SELECT $1::timestamptz AS at, $2::text[] AS texts', [
          at,
          texts,
        ])
        expect(rows[0]).toEqual({ at, texts })
      }),
      { numRuns: 200 },
    )
  })
})
