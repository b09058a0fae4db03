import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redacted } from '../lib/redacted.ts'
import { type Account, ENVIRONMENT, handOver } from './embedded-account.ts'
import { isAlive } from './postmaster.ts'

/** One initialised PostgreSQL data folder, and how to reach the server that runs on it. */
export interface Cluster {
  readonly account: Account
  readonly data: string
  readonly logFile: string
  readonly socketFolder: string
  readonly password: Redacted<string>
}

const PASSWORD_FILE = 'sojourn-password'
const run = promisify(execFile)

/** Finds or makes the data folder; of two processes that make it at once, one wins and both use it. */
export async function openCluster(account: Account, sync: boolean): Promise<Cluster> {
  const data = join(account.home, 'postgres')
  await clearUnfinished(account.home)
  if (!(await isInitialised(data))) await initialise(account, data, sync)
  await handOver(data, account)

  return {
    account,
    data,
    logFile: join(account.home, 'postgres.log'),
    socketFolder: await makeSocketFolder(account),
    password: new Redacted(await readFile(join(data, PASSWORD_FILE), 'utf8')),
  }
}

/** The address of one of the cluster's databases, by its socket. */
export function clusterUrl(cluster: Cluster, database: string): Redacted<string> {
  const host = encodeURIComponent(cluster.socketFolder)
  return new Redacted(`postgresql://sojourn:${cluster.password.reveal()}@/${database}?host=${host}`)
}

async function isInitialised(data: string): Promise<boolean> {
  return lstat(join(data, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
}

/** Made beside its place and moved there whole, so that a process killed half-way leaves nothing half-made. */
async function initialise(account: Account, data: string, sync: boolean): Promise<void> {
  const staging = join(
    account.home,
    `postgres.new-${process.pid}-${randomBytes(4).toString('hex')}`,
  )
  const made = join(staging, 'data')
  const passwordFile = join(staging, PASSWORD_FILE)
  await mkdir(staging, { mode: 0o700 })
  try {
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
    await handOver(staging, account)
    await initdb(account, made, passwordFile, sync)
    await rename(passwordFile, join(made, PASSWORD_FILE))
    await rename(made, data).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function initdb(
  account: Account,
  data: string,
  passwordFile: string,
  sync: boolean,
): Promise<void> {
  const options = [
    `--pgdata=${data}`,
    `--pwfile=${passwordFile}`,
    '--username=sojourn',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    ...(sync ? [] : ['--no-sync']),
  ]
  const [program = '', ...rest] = [...account.prefix, account.binaries.initdb, ...options]
  await run(program, rest, { env: ENVIRONMENT, cwd: '/', ...account.ids })
}

/** What a killed initialisation left behind; a living one keeps its own. */
async function clearUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = /^postgres\.new-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) await rm(join(home, name), { recursive: true, force: true })
  }
}

/** A socket's path holds about a hundred bytes; a deep data folder gets its socket's folder elsewhere. */
async function makeSocketFolder(account: Account): Promise<string> {
  const beside = join(account.home, 'postgres-socket')
  const name = createHash('sha256').update(account.home).digest('hex').slice(0, 16)
  const folder = Buffer.byteLength(beside) <= 80 ? beside : join(tmpdir(), `sojourn-${name}`)
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  if (folder !== beside) await mustBePrivate(folder, account)
  await handOver(folder, account)
  return folder
}

/** In a folder for all, somebody else may have made ours first, to be asked in the server's place. */
async function mustBePrivate(folder: string, account: Account): Promise<void> {
  const { uid, mode } = await lstat(folder)
  const owners = [process.getuid?.(), account.ids?.uid]
  if ((mode & 0o170077) === 0o040000 && owners.includes(uid)) return
  throw new Error(`${folder} must be a folder of ours alone (mode 0700): remove it`)
}
