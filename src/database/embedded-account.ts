import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, cp, lchown, lstat, mkdir, readdir, readFile, rename, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './embedded-binaries.ts'

/** As whom PostgreSQL runs, and where that account finds what it needs. */
export interface Account {
  /** Goes before every command. */
  readonly prefix: readonly string[]
  /** Null: as we are. */
  readonly ids: { readonly uid: number; readonly gid: number } | null
  readonly binaries: Binaries
  /** The folder that holds `postgres/`. */
  readonly home: string
}

/** Nothing of ours is handed on: our environment may hold the root key. */
export const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}

const UNSHARE = ['unshare', '--user', '--map-user=1000', '--map-group=1000']
const run = promisify(execFile)

/**
 * PostgreSQL refuses to run as root. Root therefore runs it in a user namespace of its own, in place; where
 * namespaces are forbidden, under another account, in folders that this account can reach.
 */
export async function embeddedAccount(
  dataFolder: string,
  binaries: Binaries,
  log: AccountLog,
): Promise<Account> {
  const asWeAre: Account = { prefix: [], ids: null, binaries, home: dataFolder }
  if (process.getuid?.() !== 0) return asWeAre
  if (await namespacesWork(binaries)) return { ...asWeAre, prefix: UNSHARE }
  return otherAccount(dataFolder, binaries, log)
}

export interface AccountLog {
  warn(fields: object, message: string): void
}

async function namespacesWork(binaries: Binaries): Promise<boolean> {
  const [unshare = '', ...options] = UNSHARE
  return run(unshare, [...options, binaries.postgres, '--version'], { env: ENVIRONMENT }).then(
    () => true,
    () => false,
  )
}

/** The way without namespaces: the account `postgres`, or `nobody`, and copies where it cannot reach ours. */
export async function otherAccount(
  dataFolder: string,
  binaries: Binaries,
  log: AccountLog,
): Promise<Account> {
  const ids = await lesserIds()
  const home = (await reachable(dirname(dataFolder))) ? dataFolder : await roomElsewhere(dataFolder)
  await chmod(home, 0o711)
  const own = await binariesFor(home, binaries)
  log.warn(
    { uid: ids.uid, home, binaries: dirname(own.postgres) },
    'user namespaces are forbidden here: PostgreSQL runs under another account',
  )
  return { prefix: [], ids, binaries: own, home }
}

async function lesserIds(): Promise<{ uid: number; gid: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const found = ['postgres', 'nobody'].map((name) => lines.find((fields) => fields[0] === name))
  const [, , uid = '65534', gid = '65534'] = found.find((fields) => fields !== undefined) ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

/** Whether every folder on the way may be passed by anybody. */
async function reachable(path: string): Promise<boolean> {
  const parts = path.split(sep)
  const folders = parts.map((_, index) => parts.slice(0, index + 1).join(sep) || sep)
  const modes = await Promise.all(folders.map(async (folder) => (await stat(folder)).mode))
  return modes.every((mode) => (mode & 0o001) !== 0)
}

/** A folder of root's own under /var/lib; data that was made in place before moves along as a copy. */
async function roomElsewhere(dataFolder: string): Promise<string> {
  const name = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)
  const home = join('/var/lib/sojourn', name)
  await mkdir(home, { recursive: true })
  await copyOnce(join(dataFolder, 'postgres'), join(home, 'postgres'))
  return home
}

async function binariesFor(home: string, binaries: Binaries): Promise<Binaries> {
  const native = dirname(dirname(binaries.postgres))
  if (await reachable(native)) return binaries
  const copy = join(home, 'postgres-programs')
  await copyOnce(native, copy)
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') }
}

async function copyOnce(from: string, to: string): Promise<void> {
  if (!(await exists(from)) || (await exists(to))) return
  const unfinished = `${to}.copy-${process.pid}`
  await cp(from, unfinished, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  await rename(unfinished, to)
}

/** Gives a folder and all in it to the account, which may have been another one last time. */
export async function handOver(folder: string, account: Account): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = account.ids ?? { uid: 0, gid: 0 }
  if ((await lstat(folder)).uid === uid) return
  const names = await readdir(folder, { recursive: true })
  for (const name of names) await lchown(join(folder, name), uid, gid)
  await lchown(folder, uid, gid)
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
