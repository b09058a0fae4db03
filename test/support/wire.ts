import { createLooks, type Looks } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { openDatabase } from '../../src/database/database.ts'
import { renderProviderError } from '../../src/http/middleware/render-provider-error.ts'
import type { Redacted } from '../../src/lib/redacted.ts'
import { createLog } from '../../src/log.ts'
import { createCore, createServices, type Services } from '../../src/services.ts'

/** The root secret of all test nodes, so that several can share a database. */
export const SECRET = Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 37 + 11) % 256))

export interface Wired {
  readonly services: Services
  readonly looks: Looks
  close(): Promise<void>
}

/** A server's parts over a database, by the text of a configuration file; nobody listens yet. */
export async function wire(url: Redacted<string>, text: string): Promise<Wired> {
  const env = { SESSION_SECRET_KEY: SECRET.toString('base64') }
  const { config } = loadConfig({ text, env })
  const log = createLog((process.env.TEST_LOG ?? 'silent') as 'silent', process.stderr)
  const own = openDatabase({ ...config.database, url }, log)
  const looks = createLooks()
  const core = await createCore(config, log, own)
  const services = await createServices(core, renderProviderError(looks.pages))
  return {
    services,
    looks,
    close: async () => {
      await services.close()
      await own.close()
    },
  }
}
