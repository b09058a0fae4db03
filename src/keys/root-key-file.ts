import { randomUUID } from 'node:crypto'
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { rootVersion } from '../crypto/root-key.ts'
import {
  type DatedRootMaterial,
  formatRootKeyFile,
  parseRootKeyFile,
} from '../crypto/root-key-text.ts'
import { makeSecret } from '../crypto/secret.ts'
import { DomainError } from '../errors.ts'

const OWNER_ONLY = 0o600
const OTHERS = 0o077

/** The root keys of a file, newest first; a file that is not there yet is made with one new key. */
export async function readOrCreateRootKeyFile(path: string): Promise<DatedRootMaterial[]> {
  return (await readIfPresent(path)) ?? (await createRootKeyFile(path))
}

/** Puts a new version before the others; resolves to its name. */
export async function addRootVersion(path: string): Promise<string> {
  const added = freshMaterial()
  await replaceRootKeyFile(path, (materials) => [added, ...materials])
  return rootVersion(added.secret)
}

/** Destroys an old version: what only it can unwrap is lost, backups included, as is the purpose. */
export async function dropRootVersion(path: string, version: string): Promise<void> {
  await replaceRootKeyFile(path, (materials) => {
    const at = materials.findIndex(({ secret }) => rootVersion(secret) === version)
    if (at < 0) throw new DomainError('not_found', `the file has no root version ${version}`)
    if (at === 0) throw new DomainError('conflict', `root version ${version} is the current one`)
    return materials.toSpliced(at, 1)
  })
}

/** The root keys of a file that must exist. */
export async function readRootKeyFile(path: string): Promise<DatedRootMaterial[]> {
  const materials = await readIfPresent(path)
  if (!materials) throw new DomainError('root_key_unusable', `there is no root key file at ${path}`)
  return materials
}

async function readIfPresent(path: string): Promise<DatedRootMaterial[] | null> {
  const file = await openOrNull(path, 'r', 'ENOENT')
  if (!file) return null
  try {
    const { mode } = await file.stat()
    if (mode & OTHERS)
      throw new DomainError('root_key_unusable', `${path} must be open to its owner only (0600)`)
    return parseRootKeyFile(await file.readFile('utf8'))
  } finally {
    await file.close()
  }
}

// A link fails when the name is taken: of two first starts one key wins, and both read that one.
async function createRootKeyFile(path: string): Promise<DatedRootMaterial[]> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomUUID()}`
  const file = await open(draft, 'wx', OWNER_ONLY)
  try {
    await fill(file, [freshMaterial()])
    await link(draft, path).catch(unless('EEXIST'))
  } finally {
    await file.close()
    await rm(draft, { force: true })
  }
  await syncFolderOf(path)
  return readRootKeyFile(path)
}

// The next file, made exclusively, is the lock as well; the rename publishes and releases at once.
async function replaceRootKeyFile(
  path: string,
  change: (materials: readonly DatedRootMaterial[]) => readonly DatedRootMaterial[],
): Promise<void> {
  await clearLeftovers(path)
  const next = `${path}.next`
  const file = await openOrNull(next, 'wx', 'EEXIST')
  if (!file) throw new DomainError('conflict', `another change of ${path} runs`)
  try {
    await fill(file, change(await readRootKeyFile(path)))
    await rename(next, path)
  } catch (error) {
    await rm(next, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await syncFolderOf(path)
}

/** Seconds: a change takes milliseconds, so what is older was left by a process that died in it. */
const LEFT_AFTER = 60

/**
 * Removes what a crash left beside the file: drafts and next files hold root keys, so that a
 * version that is dropped would stay on the disk, and a next file would bar every change.
 */
async function clearLeftovers(path: string): Promise<void> {
  const folder = dirname(path)
  const name = basename(path)
  for (const entry of await readdir(folder)) {
    const rest = entry.startsWith(`${name}.`) ? entry.slice(name.length + 1) : ''
    if (rest !== 'next' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(rest)) continue
    const left = await stat(join(folder, entry)).catch(unless('ENOENT'))
    if (left && Date.now() - left.mtimeMs > LEFT_AFTER * 1000)
      await rm(join(folder, entry), { force: true })
  }
}

function freshMaterial(): DatedRootMaterial {
  return { secret: makeSecret(), createdAt: new Date() }
}

async function fill(file: FileHandle, materials: readonly DatedRootMaterial[]): Promise<void> {
  await file.writeFile(formatRootKeyFile(materials))
  await file.sync()
}

// Without this a power cut could keep the database and lose the only key to it.
async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function openOrNull(path: string, flags: string, nullOn: string): Promise<FileHandle | null> {
  try {
    return await open(path, flags, OWNER_ONLY)
  } catch (error) {
    unless(nullOn)(error)
    return null
  }
}

function unless(code: string): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof Error && 'code' in error && error.code === code)) throw error
    return undefined
  }
}
