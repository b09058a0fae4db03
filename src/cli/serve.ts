import { createApp, createLooks } from '../app.ts'
import type { Config } from '../config/config.ts'
import { migrate, migrationStatus } from '../database/migrate.ts'
import { startDemo } from '../demo/start.ts'
import { DomainError } from '../errors.ts'
import { renderProviderError } from '../http/middleware/render-provider-error.ts'
import { startWork } from '../jobs.ts'
import { inBursts } from '../log/in-bursts.ts'
import { createLog, type Log } from '../log.ts'
import { type Core, createCore, createServices } from '../services.ts'
import { announcement } from './announcement.ts'
import { type OutputOptions, printAnswer } from './answer.ts'
import { type Closers, createClosers } from './closers.ts'
import { exitOnCrash } from './crash.ts'
import { type DemoApp, demoApps, registerDemoApps, withDemoApps } from './demo-clients.ts'
import { incarnationChange } from './incarnation-change.ts'
import { listen } from './listen.ts'
import { type ConfigOptions, load } from './load.ts'
import { explainTaken } from './port-taken.ts'
import { seedDemo } from './seed-demo.ts'
import { stopSignal } from './stop-signal.ts'
import { openStorage, type Storage } from './storage.ts'
import type { Terminal } from './terminal.ts'

export type ServeOptions = ConfigOptions & OutputOptions

/** After the drain: what hangs then hangs for good. */
const CLOSE_PATIENCE = 20

/**
 * Runs the server until it is asked to stop, then lets it finish and closes what was opened in
 * reverse order, the database last. Asked again, it leaves at once.
 */
export async function serve(terminal: Terminal, options: ServeOptions): Promise<void> {
  const { config: loaded, warnings } = load(terminal, options)
  const config = loaded.demo ? withDemoApps(loaded) : loaded
  const log = createLog(config.logLevel, inBursts(terminal.stderr))
  exitOnCrash(log)
  for (const warning of warnings) log.warn({}, warning)

  const signal = stopSignal(() => process.exit(1))
  const ousted = incarnationChange()
  const closers = createClosers()
  try {
    await start(terminal, config, { log, closers, options }).catch((error: unknown) => {
      throw explainTaken(error, config)
    })
    const why = await Promise.race([signal.asked, ousted.heard])
    log.info({}, 'stopping')
    setTimeout(() => process.exit(1), (config.drainTimeout + CLOSE_PATIENCE) * 1000).unref()
    if (why === 'ousted')
      throw new DomainError('conflict', 'the database began a new incarnation: start again')
  } finally {
    await closers.closeAll()
    signal.release()
    ousted.release()
    log.info({}, 'stopped')
  }
}

interface Start {
  readonly log: Log
  readonly closers: Closers
  readonly options: ServeOptions
}

async function start(terminal: Terminal, config: Config, { log, closers, options }: Start) {
  const storage = await openStorage(config, log)
  closers.add(() => storage.close())
  await bringUpToDate(storage, log)

  const looks = createLooks()
  const core = await createCore(config, log, storage)
  const services = await createServices(core, renderProviderError(looks.pages))
  closers.add(() => services.close())
  const work = startWork(services)
  closers.add(() => work.stop())
  const apps = config.demo ? await openDemo(core, closers) : []
  const server = await listen(createApp(services, looks).callback(), config.listen)
  closers.add(() => {
    services.doctor.drain()
    return server.drain(config.drainTimeout)
  })

  log.info({ issuer: config.issuer, ...config.listen }, 'ready')
  printAnswer(terminal, announcement(config, apps), options)
}

/** Fills in the demonstration and starts its applications. */
async function openDemo(core: Core, closers: Closers): Promise<readonly DemoApp[]> {
  await seedDemo(core)
  const apps = await registerDemoApps(core, demoApps(core.config))
  const demo = await startDemo({
    issuer: core.config.issuer,
    apps: apps.map(({ secret, ...app }) => ({ ...app, clientSecret: secret.reveal() })),
    log: core.log,
  })
  closers.add(demo.close)
  return apps
}

/** Asks before it changes anything: an account without the right to change tables can serve as well. */
async function bringUpToDate({ pool }: Storage, log: Log): Promise<void> {
  const { pending, unknown } = await migrationStatus(pool)
  if (unknown.length > 0) log.warn({ unknown }, 'a newer version has changed the database')
  if (pending.length > 0) log.info({ applied: await migrate(pool) }, 'migrated')
}
