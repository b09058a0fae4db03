import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { test as base, expect } from 'playwright/test'
import { rootVersion } from '../../src/crypto/root-key.ts'
import { fileRootKeys } from '../../src/keys/file-root-keys.ts'
import {
  addRootVersion,
  dropRootVersion,
  readOrCreateRootKeyFile,
  readRootKeyFile,
} from '../../src/keys/root-key-file.ts'

const test = base.extend<{ folder: string; path: string }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'root-key-'))
    await use(folder)
    await rm(folder, { recursive: true })
  },
  path: async ({ folder }, use) => use(join(folder, 'data', 'root-key')),
})

test.describe('reading or making the root key file', () => {
  test('makes one key for the owner alone and finds it again', async ({ path, folder }) => {
    const made = await readOrCreateRootKeyFile(path)

    expect(made).toHaveLength(1)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readOrCreateRootKeyFile(path)).toEqual(made)
    expect(await readdir(join(folder, 'data'))).toEqual(['root-key'])
  })

  test('agrees on one key when many start at once', async ({ path, folder }) => {
    const starts = Array.from({ length: 20 }, () => readOrCreateRootKeyFile(path))
    const keys = await Promise.all(starts)

    expect(new Set(keys.map(([key]) => rootVersion(key!.secret))).size).toBe(1)
    expect(await readdir(join(folder, 'data'))).toEqual(['root-key'])
  })

  test('agrees on one key between processes', async ({ path }) => {
    const versions = await Promise.all([start(path), start(path), start(path)])
    expect(new Set(versions)).toEqual(new Set([await versionIn(path)]))
  })

  for (const mode of [0o640, 0o604, 0o620, 0o601])
    test(`refuses a file with mode ${mode.toString(8)}`, async ({ path }) => {
      await readOrCreateRootKeyFile(path)
      await chmod(path, mode)
      await expect(readOrCreateRootKeyFile(path)).rejects.toMatchObject({
        code: 'root_key_unusable',
      })
    })

  test('never replaces a file that it cannot read', async ({ path }) => {
    await readOrCreateRootKeyFile(path)
    await writeFile(path, 'rubbish\n')

    await expect(readOrCreateRootKeyFile(path)).rejects.toMatchObject({ code: 'root_key_unusable' })
    expect(await readFile(path, 'utf8')).toBe('rubbish\n')
  })

  test('refuses a missing file where it must exist', async ({ path }) => {
    await expect(readRootKeyFile(path)).rejects.toMatchObject({ code: 'root_key_unusable' })
  })
})

test.describe('changing the root key file', () => {
  test('puts a new version first, keeping the others and the mode', async ({ path }) => {
    const [old] = await readOrCreateRootKeyFile(path)
    const added = await addRootVersion(path)

    const [first, second, ...rest] = await readRootKeyFile(path)
    expect(rootVersion(first!.secret)).toBe(added)
    expect(second).toEqual(old)
    expect(rest).toEqual([])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('lets one of two rotations at once through and refuses the other', async ({ path }) => {
    await readOrCreateRootKeyFile(path)
    const results = await Promise.allSettled([addRootVersion(path), addRootVersion(path)])

    const refused = results.filter(({ status }) => status === 'rejected')
    expect(await readRootKeyFile(path)).toHaveLength(3 - refused.length)
    for (const result of refused) expect(result).toMatchObject({ reason: { code: 'conflict' } })
  })

  test('refuses while another change runs, and leaves the file alone', async ({ path }) => {
    const before = await readOrCreateRootKeyFile(path)
    await writeFile(`${path}.next`, '')

    await expect(addRootVersion(path)).rejects.toMatchObject({ code: 'conflict' })
    expect(await readRootKeyFile(path)).toEqual(before)
  })

  test('clears what a crash left behind, which holds keys', async ({ path }) => {
    await readOrCreateRootKeyFile(path)
    const hourAgo = new Date(Date.now() - 3_600_000)
    const leftovers = [`${path}.next`, `${path}.0197f0c0-a1b2-4c3d-8e4f-5a6b7c8d9e0f`]
    for (const left of leftovers) {
      await writeFile(left, 'sojourn-root-v1')
      await utimes(left, hourAgo, hourAgo)
    }
    await writeFile(`${path}.bak`, 'of the operator')
    await utimes(`${path}.bak`, hourAgo, hourAgo)

    await addRootVersion(path)

    expect((await readdir(dirname(path))).sort()).toEqual([basename(path), `${basename(path)}.bak`])
  })

  test('drops an old version, but neither the current nor an unknown one', async ({ path }) => {
    const old = rootVersion((await readOrCreateRootKeyFile(path))[0]!.secret)
    const current = await addRootVersion(path)

    await expect(dropRootVersion(path, current)).rejects.toMatchObject({ code: 'conflict' })
    await expect(dropRootVersion(path, 'ffff')).rejects.toMatchObject({ code: 'not_found' })
    await dropRootVersion(path, old)

    expect((await readRootKeyFile(path)).map(({ secret }) => rootVersion(secret))).toEqual([
      current,
    ])
  })
})

test.describe('root keys of a file', () => {
  test('wrap under a version that was added while they ran', async ({ path }) => {
    const keys = await fileRootKeys(path)
    const before = await keys.wrap(Buffer.from('secret'), [])
    const added = await addRootVersion(path)

    expect((await keys.wrap(Buffer.from('secret'), [])).version).toBe(added)
    expect(keys.currentVersion).toBe(added)
    expect(await keys.unwrap(before, [])).toEqual(Buffer.from('secret'))
  })

  test('unwrap what another process wrapped under a newer version', async ({ path }) => {
    const keys = await fileRootKeys(path)
    await addRootVersion(path)
    const wrapped = await (await fileRootKeys(path)).wrap(Buffer.from('secret'), [])

    expect(keys.has(wrapped.version)).toBe(false)
    expect(await keys.unwrap(wrapped, [])).toEqual(Buffer.from('secret'))
  })
})

async function start(path: string): Promise<string> {
  const program = `
    import { readOrCreateRootKeyFile } from ${JSON.stringify(source('keys/root-key-file.ts'))}
    import { rootVersion } from ${JSON.stringify(source('crypto/root-key.ts'))}
    const [key] = await readOrCreateRootKeyFile(process.argv[1])
    process.stdout.write(rootVersion(key.secret))`
  const args = ['--input-type=module', '--eval', program, path]
  return (await promisify(execFile)(process.execPath, args)).stdout
}

function source(path: string): string {
  return new URL(`../../src/${path}`, import.meta.url).href
}

async function versionIn(path: string): Promise<string> {
  return rootVersion((await readRootKeyFile(path))[0]!.secret)
}
