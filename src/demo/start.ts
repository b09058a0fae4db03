import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createApp } from './app.ts'
import { type AppName, createApplication } from './application.ts'
import { createAssets } from './assets.ts'
import { type Log, silentLog } from './log.ts'
import { createPages } from './pages.ts'
import { isLoopback } from './provider.ts'

export interface DemoOptions {
  readonly issuer: string
  readonly apps: readonly DemoAppOptions[]
  /** The name under which browsers, and the provider, reach the applications. */
  readonly host?: string
  readonly log?: Log
}

export interface DemoAppOptions {
  readonly name: AppName
  /** 0 for any free one. */
  readonly port: number
  readonly clientId: string
  readonly clientSecret: string
}

export interface Demo {
  /** In the order of `apps`, as in `http://localhost:8081`. */
  readonly addresses: readonly string[]
  readonly close: () => Promise<void>
}

const ROOT = join(import.meta.dirname, '../..')

/**
 * Starts the sample applications; the provider may start after them.
 *
 * Each wants to be registered with `<address>/callback`, `<address>/` after a log-out, and
 * `<address>/backchannel-logout`.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const issuer = new URL(options.issuer)
  if (issuer.protocol !== 'https:' && !isLoopback(issuer))
    throw new Error('the issuer must be https, or http on this machine')

  const host = options.host ?? 'localhost'
  const doors = await openDoors(options.apps, host)
  const addresses = doors.map(({ server }) => addressOf(server, host))
  const looks = {
    pages: createPages(join(ROOT, 'views')),
    assets: createAssets(join(ROOT, 'assets')),
  }
  options.apps.forEach((app, index) => {
    const sibling = options.apps.findIndex(({ name }) => name !== app.name)
    const application = createApplication({
      ...app,
      issuer,
      base: addresses[index]!,
      sibling:
        sibling === -1 ? null : { name: options.apps[sibling]!.name, base: addresses[sibling]! },
      log: options.log ?? silentLog,
    })
    doors[index]!.answerWith(createApp(application, looks).callback())
  })
  return { addresses, close: () => closeAll(doors) }
}

interface Door {
  readonly server: Server
  readonly answerWith: (listener: RequestListener) => void
}

/** All or none: two ports are open before either application knows where its sibling lives. */
async function openDoors(apps: readonly DemoAppOptions[], host: string): Promise<readonly Door[]> {
  const doors = apps.map(createDoor)
  const opened = await Promise.allSettled(
    doors.map(({ server }, index) => listen(server, apps[index]!.port, host)),
  )
  const failed = opened.find((result) => result.status === 'rejected')
  if (!failed) return doors
  await closeAll(doors)
  throw failed.reason
}

/** Answers 503 until it is told better. */
function createDoor(): Door {
  let answer: RequestListener = (_, response) => void response.writeHead(503).end()
  return {
    server: createServer((request, response) => answer(request, response)),
    answerWith: (listener) => {
      answer = listener
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Event streams never end by themselves, so connections are cut. */
async function closeAll(doors: readonly Door[]): Promise<void> {
  await Promise.all(doors.map(({ server }) => closeServer(server)))
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
