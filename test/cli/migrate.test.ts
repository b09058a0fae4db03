import { expect, json, test } from './fixture.ts'

test.describe('migrate', () => {
  test('brings an empty database up to date, once', async ({ sojourn, database }) => {
    await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
    expect(json(await sojourn('migrate --status --json')).applied).toEqual([])
    const first = json(await sojourn('migrate --json'))
    expect(first.applied.length).toBeGreaterThan(0)
    expect(json(await sojourn('migrate --json'))).toEqual({ applied: [], pending: [], unknown: [] })
  })

  test('is asked for before any other command', async ({ sojourn, database }) => {
    await database.pool.query('DELETE FROM _prisma_migrations')
    const { code, err } = await sojourn('keys status')
    expect([code, err.includes('sojourn migrate')]).toEqual([1, true])
  })
})
