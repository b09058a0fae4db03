import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tryExclusively } from '../../src/database/advisory-lock.ts'
import { expect, json, test } from './fixture.ts'
import type { Ran } from './running.ts'

test.describe('keys', () => {
  test('status shows one root version, which wraps the server keys', async ({
    sojourn,
    folder,
  }) => {
    const status = json(await sojourn('keys status --json'))
    expect(status.root_versions).toMatchObject([
      { current: true, held: true, keys: { server_key: 2 } },
    ])
    expect((await stat(join(folder, 'root-key'))).mode & 0o777).toBe(0o600)
  })

  test('status says when the root key is due, and since when', async ({ sojourn, pass }) => {
    expect(json(await sojourn('keys status --json')).root_rotation).toMatchObject({
      by: 'operator',
      due: false,
    })
    await pass('31d')
    expect(json(await sojourn('keys status --json')).root_rotation.due).toBe(true)
    expect((await sojourn('keys status')).out).toContain('ROTATION DUE since')
  })

  test('rotate announces the next signing keys', async ({ sojourn }) => {
    const first = json(await sojourn('keys rotate --json')).announced
    expect(first.map(({ alg }: { alg: string }) => alg)).toEqual(['ES256', 'RS256'])
    const second = json(await sojourn('keys rotate --json')).announced
    expect(Date.parse(second[0].active_at)).toBeGreaterThan(Date.now() + 290_000)
    expect(json(await sojourn('keys rotate --json')).announced).toEqual([])
  })

  test('rotate-data announces the next data key, once', async ({ sojourn, pass }) => {
    const first = json(await sojourn('keys rotate-data --json')).announced
    expect(first).toEqual({ version: 2, active_at: expect.any(String) })
    expect(json(await sojourn('keys rotate-data --json')).announced).toBeNull()
    await pass('61s')
    const { data_keys: keys } = json(await sojourn('keys status --json'))
    expect(keys).toMatchObject([
      { version: 1, state: 'old', sealed: 0 },
      { version: 2, state: 'active', sealed: 0 },
    ])
  })

  test('rotate-root wraps everything anew, and the old version can then be destroyed', async ({
    sojourn,
    folder,
    database,
  }) => {
    const before = json(await sojourn('keys status --json')).root_versions[0].version
    const rotated = json(await sojourn('keys rotate-root --json'))
    expect(rotated).toMatchObject({ added: true, rewrapped: 2, unreadable: [] })
    expect(rotated.version).not.toBe(before)
    const [current, old] = json(await sojourn('keys status --json')).root_versions
    expect(current).toMatchObject({
      version: rotated.version,
      current: true,
      keys: { server_key: 2 },
    })
    expect(old).toMatchObject({ version: before, current: false, keys: {} })

    expect(
      JSON.parse((await sojourn(`keys destroy-root ${rotated.version} --yes --json`)).err).error,
    ).toBe('conflict')
    const unasked = await sojourn(`keys destroy-root ${before} --json`)
    expect(JSON.parse(unasked.err).error).toBe('usage')
    const tooSoon = await sojourn(`keys destroy-root ${before} --yes --json`)
    expect(JSON.parse(tooSoon.err)).toMatchObject({
      error: 'conflict',
      message: expect.stringContaining('a moment old'),
    })
    await age(join(folder, 'root-key'))
    expect(json(await sojourn(`keys destroy-root ${before} --yes --json`))).toEqual({
      destroyed: before,
    })
    expect(json(await sojourn('keys status --json')).root_versions).toHaveLength(1)
    const { rows } = await database.pool.query(
      "SELECT action, actor_kind, subject_id FROM entry WHERE action LIKE 'root_version.%' ORDER BY seq",
    )
    expect(rows).toEqual([
      { action: 'root_version.introduced', actor_kind: 'system', subject_id: before },
      { action: 'root_version.introduced', actor_kind: 'operator', subject_id: rotated.version },
      { action: 'root_version.destroyed', actor_kind: 'operator', subject_id: before },
    ])
  })

  test('rotate-root leaves the field to a rotation that runs', async ({ sojourn, database }) => {
    const held = await tryExclusively(database.pool, 'keys.rotate-root', () =>
      sojourn('keys rotate-root --json'),
    )
    const { code, err } = (held as { result: Ran }).result
    expect([code, JSON.parse(err).error]).toEqual([1, 'conflict'])
  })

  test('rotate-root finishes what was interrupted before it begins anew', async ({
    sojourn,
    database,
  }) => {
    await sojourn('keys rotate-root')
    const { rows } = await database.pool.query(
      'SELECT id, root_version, wrapped FROM server_key LIMIT 1',
    )
    const rotated = json(await sojourn('keys rotate-root --json'))
    await database.pool.query(
      'UPDATE server_key SET root_version = $2, wrapped = $3 WHERE id = $1',
      [rows[0].id, rows[0].root_version, rows[0].wrapped],
    )
    expect(json(await sojourn('keys rotate-root --json'))).toMatchObject({
      version: rotated.version,
      added: false,
      rewrapped: 1,
    })
  })
})

test.describe('keys new-incarnation', () => {
  test('asks first, and a script must say that it means it', async ({ sojourn, database }) => {
    await sojourn('keys status')
    const incarnation = 'SELECT incarnation FROM instance'
    const before = (await database.pool.query(incarnation)).rows
    const { code, err } = await sojourn('keys new-incarnation --json')
    expect([code, JSON.parse(err).error]).toEqual([2, 'usage'])
    expect((await database.pool.query(incarnation)).rows).toEqual(before)
  })

  test('begins one, and says how many sessions it ended', async ({ sojourn, database }) => {
    await sojourn('keys status')
    const before = (await database.pool.query('SELECT incarnation FROM instance')).rows[0]
    const answer = json(await sojourn('keys new-incarnation --yes --json'))
    expect(answer).toEqual({ ended_sessions: 0 })
    const { rows } = await database.pool.query(
      'SELECT incarnation, cleared_at >= incarnated_at AS cleared FROM instance',
    )
    expect(rows).toEqual([{ incarnation: expect.any(String), cleared: true }])
    expect(rows[0].incarnation).not.toBe(before.incarnation)
    const entries = await database.pool.query(
      "SELECT actor_kind FROM entry WHERE action = 'incarnation.renewed'",
    )
    expect(entries.rows).toEqual([{ actor_kind: 'operator' }])
  })
})

/** Makes the file's versions an hour older than they are. */
async function age(file: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const aged = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) =>
    new Date(Date.parse(time) - 3_600_000).toISOString(),
  )
  expect(aged).not.toBe(text)
  await writeFile(file, aged)
}
