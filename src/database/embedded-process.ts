import { type ChildProcess, spawn } from 'node:child_process'
import { type FileHandle, open, readFile, rename, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENVIRONMENT } from './embedded-account.ts'
import type { Cluster } from './embedded-cluster.ts'
import { clearStalePid, postmasterOf, stopPostmaster } from './postmaster.ts'
import { isUnavailable } from './unavailable.ts'

export type Settings = Readonly<Record<string, string>>

export interface EmbeddedLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/**
 * No network, and no just-in-time compiler for our short statements. Errors are the caller's to log: here they
 * would quote what somebody sent, a password typed into the wrong field among it.
 */
const SETTINGS: Settings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '200',
  jit: 'off',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_min_messages: 'log',
}

const START_PATIENCE = 60_000
const SOCKET_PATIENCE = 10_000
const LARGEST_LOG = 20_000_000

export interface PostgresProcess {
  /** Whether the server that runs is the one that was started here. */
  isOurs(): boolean
  /** Called after a connection failed with `error`: starts the server if there is none, and gives it time. */
  ensure(error: unknown): Promise<void>
}

/** One attempt to have a server run on a cluster, whoever starts it. */
export function runPostgres(
  cluster: Cluster,
  settings: Settings,
  log: EmbeddedLog,
): PostgresProcess {
  const begun = Date.now()
  let child: ChildProcess | null = null
  let failures = 0

  async function ensure(error: unknown): Promise<void> {
    if (!isUnavailable(error)) throw error
    if (child && hasExited(child)) {
      child = null
      failures += 1
    }
    const waited = Date.now() - begun
    if (failures >= 3 || waited > START_PATIENCE) throw await failure(cluster, error)
    if (await postmasterOf(cluster.data)) await whileItStarts(error, waited)
    else if (!child) child = await start()
    await sleep(20)
  }

  /** A server whose socket was swept away can be reached by nobody: it makes room for a new one. */
  async function whileItStarts(error: unknown, waited: number): Promise<void> {
    const unreachable = error instanceof Error && 'syscall' in error
    if (!unreachable || waited < SOCKET_PATIENCE) return
    log.warn(
      { socketFolder: cluster.socketFolder },
      'PostgreSQL has lost its socket; restarting it',
    )
    await stopPostmaster(cluster.data, START_PATIENCE / 1000)
  }

  async function start(): Promise<ChildProcess> {
    await clearStalePid(cluster.data)
    return spawnPostgres(cluster, settings)
  }

  return { isOurs: () => child !== null && !hasExited(child), ensure }
}

/**
 * In a session of its own: Ctrl-C in our terminal must reach us alone, for the database stops last. Its log is
 * a file, so it survives us.
 */
async function spawnPostgres(cluster: Cluster, settings: Settings): Promise<ChildProcess> {
  const { prefix, binaries, ids } = cluster.account
  const directories = `"${cluster.socketFolder.replaceAll('"', '""')}"`
  const all = { ...SETTINGS, unix_socket_directories: directories, ...settings }
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [program = '', ...rest] = [...prefix, binaries.postgres, '-D', cluster.data, ...options]
  const log = await openLog(cluster.logFile)
  try {
    const child = spawn(program, rest, {
      ...ids,
      env: ENVIRONMENT,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    child.on('error', () => undefined)
    child.unref()
    return child
  } finally {
    await log.close()
  }
}

async function openLog(file: string): Promise<FileHandle> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size > LARGEST_LOG) await rename(file, `${file}.old`)
  return open(file, 'a', 0o600)
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined
}

async function failure(cluster: Cluster, cause: unknown): Promise<Error> {
  const text = await readFile(cluster.logFile, 'utf8').catch(() => '')
  const tail = text.trimEnd().split('\n').slice(-5).join('\n')
  return new Error(`PostgreSQL does not start; ${cluster.logFile} ends with:\n${tail}`, { cause })
}
