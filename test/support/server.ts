import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { createApp, createLooks } from '../../src/app.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Database } from '../../src/database/database.ts'
import { renderProviderError } from '../../src/http/middleware/render-provider-error.ts'
import type { Redacted } from '../../src/lib/redacted.ts'
import { createLog, type Log } from '../../src/log.ts'
import { createCore, createServices, type Services } from '../../src/services.ts'

const SOJOURN = join(import.meta.dirname, '../../bin/sojourn.js')
const PATIENCE = 60_000

type Variables = Readonly<Record<string, string>>

/** A server in a process of its own, as an operator would run it. */
export interface ServerProcess {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** What it told on standard output and in its log so far. */
  output(): { readonly out: string; readonly log: string }
  kill(signal: NodeJS.Signals): void
  /** The code with which it ended; null where a signal did it. */
  readonly ended: Promise<number | null>
  /** Asks it to stop and waits for it; for the end of a test. */
  stop(): Promise<number | null>
}

export interface ServerOptions {
  /** Of a migrated or empty database; without it the server brings its own (`SOJOURN_DATA_FOLDER`). */
  readonly url?: Redacted<string>
  readonly port?: number
  readonly args?: readonly string[]
  readonly env?: Variables
}

/** Starts a server and resolves when it is ready; it never sees this process's environment. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const port = options.port ?? (await freePort())
  const child = spawn(process.execPath, [SOJOURN, 'serve', ...(options.args ?? [])], {
    env: { PATH: process.env.PATH ?? '', ...variablesOf(options, port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const server = processOver(child, port)
  try {
    await isReady(child, server)
  } catch (error) {
    server.kill('SIGKILL')
    throw error
  }
  return server
}

/** What makes a command use a database and a port of the test's. */
export function variablesOf({ url, env }: ServerOptions, port: number): Variables {
  return {
    SOJOURN_PORT: String(port),
    ...(url && { DATABASE_URL: url.reveal(), SOJOURN_DATABASE_POOL_SIZE: '5' }),
    ...env,
  }
}

function processOver(child: ChildProcess, port: number): ServerProcess {
  let out = ''
  let log = ''
  child.stdout?.on('data', (chunk) => {
    out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    log += chunk
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const kill = (signal: NodeJS.Signals) => void child.kill(signal)
  return {
    url: `http://localhost:${port}`,
    port,
    pid: child.pid ?? 0,
    output: () => ({ out, log }),
    kill,
    ended,
    stop: () => {
      kill('SIGTERM')
      return ended
    },
  }
}

async function isReady(child: ChildProcess, server: ServerProcess): Promise<void> {
  const end = performance.now() + PATIENCE
  while (!/ready at|"issuer"/.test(server.output().out)) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > end) {
      throw new Error(`the server did not start:\n${server.output().log}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/**
 * A port that nobody listens on, below those that systems hand out by themselves: no connection that
 * is made before it is used can take it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createSocketServer()
  const tried = Promise.withResolvers<boolean>()
  server.once('error', () => tried.resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => tried.resolve(true)))
  return tried.promise
}

/** A configuration out of variables alone, with all that nobody names at its default. */
export function testConfig(env: Variables = {}): Config {
  return loadConfig({ env }).config
}

export interface RunningApp {
  readonly url: string
  readonly services: Services
  close(): Promise<void>
}

/** The same app in this process, for tests that look behind it; no recurring work runs. */
export async function startApp(
  database: Pick<Database, 'db' | 'pool'>,
  options: { readonly env?: Variables; readonly log?: Log } = {},
): Promise<RunningApp> {
  const port = await freePort()
  const config = testConfig({
    SOJOURN_PORT: String(port),
    SESSION_SECRET_KEY: 'a root key for tests alone',
    ...options.env,
  })
  const log = options.log ?? createLog('silent')
  const looks = createLooks()
  const core = await createCore(config, log, { ...database, close: async () => undefined })
  const services = await createServices(core, renderProviderError(looks.pages))
  const server = createServer(createApp(services, looks).callback())
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return {
    url: `http://localhost:${port}`,
    services,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await services.close()
    },
  }
}
