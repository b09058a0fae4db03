import { mkdir, realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redacted } from '../lib/redacted.ts'
import { embeddedAccount } from './embedded-account.ts'
import { embeddedBinaries } from './embedded-binaries.ts'
import { type Cluster, clusterUrl, openCluster } from './embedded-cluster.ts'
import { type Lease, takeLease } from './embedded-lease.ts'
import { type EmbeddedLog, runPostgres, type Settings } from './embedded-process.ts'
import { stopPostmaster } from './postmaster.ts'

export interface EmbeddedOptions {
  readonly dataFolder: string
  readonly log: EmbeddedLog
  /** PostgreSQL's own settings, over ours. */
  readonly settings?: Settings
}

export interface EmbeddedServer {
  readonly url: Redacted<string>
  /** Whether the server was already running. */
  readonly adopted: boolean
  /** Stops the server if no other process uses it; call it last, when the pool is closed. */
  stop(): Promise<void>
}

const DATABASE = 'sojourn'
const STOP_PATIENCE = 30

/**
 * A real PostgreSQL in the data folder: started, or adopted if it runs, be it another process's or one
 * that a killed process left behind. Whoever uses it last stops it, so a command may come and go while
 * the server runs, and the other way round. If it dies, it is started again.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const cluster = await clusterIn(options)
  const stopping = new AbortController()
  const join = () => joinServer(cluster, options, stopping.signal)
  const first = await join()
  let lease: Promise<Lease | null> = Promise.resolve(first.lease)

  function rejoinWhenLost(held: Lease): Lease {
    held.onLost(() => {
      options.log.warn({}, 'the embedded PostgreSQL is gone; starting it again')
      lease = rejoin(join, options.log, stopping.signal).then(
        (next) => next && rejoinWhenLost(next),
      )
    })
    return held
  }
  rejoinWhenLost(first.lease)

  let stopped: Promise<void> | undefined
  return {
    url: clusterUrl(cluster, DATABASE),
    adopted: first.adopted,
    stop: () => {
      stopping.abort()
      stopped ??= lease.then((held) => leave(cluster, held, options.log))
      return stopped
    },
  }
}

async function clusterIn(options: EmbeddedOptions): Promise<Cluster> {
  await mkdir(resolve(options.dataFolder), { recursive: true, mode: 0o700 })
  const dataFolder = await realpath(options.dataFolder)
  const account = await embeddedAccount(dataFolder, await embeddedBinaries(), options.log)
  return openCluster(account, options.settings?.fsync !== 'off')
}

async function joinServer(
  cluster: Cluster,
  { log, settings = {} }: EmbeddedOptions,
  stopping: AbortSignal,
): Promise<{ lease: Lease; adopted: boolean }> {
  const server = runPostgres(cluster, settings, log)
  for (;;) {
    try {
      const lease = await takeLease(cluster, DATABASE)
      return { lease, adopted: !server.isOurs() }
    } catch (error) {
      stopping.throwIfAborted()
      await server.ensure(error)
    }
  }
}

/** Tries until it succeeds: meanwhile every request is told that the database is unavailable. */
async function rejoin(
  join: () => Promise<{ lease: Lease }>,
  log: EmbeddedLog,
  stopping: AbortSignal,
): Promise<Lease | null> {
  while (!stopping.aborted) {
    try {
      return (await join()).lease
    } catch (error) {
      if (stopping.aborted) return null
      log.warn({ err: error }, 'the embedded PostgreSQL does not start; trying again')
      await sleep(1_000)
    }
  }
  return null
}

async function leave(cluster: Cluster, lease: Lease | null, log: EmbeddedLog): Promise<void> {
  if (!lease) return
  // An answer that never came means that the server is gone, or going.
  if (await lease.isLast().catch(() => false)) await stopPostmaster(cluster.data, STOP_PATIENCE)
  else log.info({}, 'the embedded PostgreSQL stays up for its other users')
  await lease.end()
}
