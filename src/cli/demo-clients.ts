import { deleteClient } from '../access/delete-client.ts'
import type { Client } from '../clients/client.ts'
import { createClient } from '../clients/create-client.ts'
import { findClient } from '../clients/find-client.ts'
import { isClientSecret } from '../clients/secrets.ts'
import type { Config } from '../config/config.ts'
import { Redacted } from '../lib/redacted.ts'
import type { Core } from '../services/core.ts'
import { OPERATOR } from './with-core.ts'

export interface DemoApp {
  readonly name: 'Notes' | 'Billing'
  readonly clientId: string
  readonly port: number
  readonly address: string
}

/** A sample application and the secret with which it proves itself. */
export interface DemoClient extends DemoApp {
  readonly secret: Redacted<string>
}

type Deps = Pick<Core, 'db' | 'serverKeys'>

export function demoApps({ demoPorts }: Pick<Config, 'demoPorts'>): readonly DemoApp[] {
  return [
    { name: 'Notes', clientId: 'notes', port: demoPorts.notes, address: at(demoPorts.notes) },
    {
      name: 'Billing',
      clientId: 'billing',
      port: demoPorts.billing,
      address: at(demoPorts.billing),
    },
  ]
}

/** The demonstration's configuration: its applications run on this machine, where logout tokens may go. */
export function withDemoApps(config: Config): Config {
  const hosts = demoApps(config).map(({ address }) => new URL(address).host)
  const { backchannel } = config
  return { ...config, backchannel: { ...backchannel, allow: [...backchannel.allow, ...hosts] } }
}

/** Sees to it that each sample application is known as it is started now. */
export async function registerDemoApps(
  deps: Deps,
  apps: readonly DemoApp[],
): Promise<DemoClient[]> {
  const clients: DemoClient[] = []
  for (const app of apps) {
    const secret = secretOf(deps, app)
    await register(deps, app, secret)
    clients.push({ ...app, secret })
  }
  return clients
}

async function register(deps: Deps, app: DemoApp, secret: Redacted<string>): Promise<void> {
  const known = await findClient(deps.db, app.clientId)
  if (known && isCurrent(deps, known, app, secret)) return
  if (known) await deleteClient(deps, known.id, OPERATOR)
  await createClient(deps, {
    clientId: app.clientId,
    metadata: metadataOf(app),
    secret,
    by: OPERATOR,
  })
}

function isCurrent(deps: Deps, client: Client, app: DemoApp, secret: Redacted<string>): boolean {
  const [redirectUri] = client.metadata.redirect_uris ?? []
  return redirectUri === callbackOf(app) && isClientSecret(deps.serverKeys, client, secret.reveal())
}

function metadataOf(app: DemoApp): object {
  return {
    client_name: app.name,
    client_uri: app.address,
    redirect_uris: [callbackOf(app)],
    post_logout_redirect_uris: [`${app.address}/`],
    backchannel_logout_uri: `${app.address}/backchannel-logout`,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'],
  }
}

/** The same at every start, and written nowhere: made from a key of the server. */
function secretOf({ serverKeys }: Deps, app: DemoApp): Redacted<string> {
  const bytes = serverKeys.durableHash('demo-client-secret', app.clientId)
  return new Redacted(bytes.toString('base64url'))
}

function callbackOf(app: DemoApp): string {
  return `${app.address}/callback`
}

function at(port: number): string {
  return `http://localhost:${port}`
}
