import { join } from 'node:path'
import { createApp, createLooks } from '../../src/app.ts'
import { openStorage } from '../../src/cli/storage.ts'
import { admitClient } from '../../src/clients/admissions.ts'
import { createClient } from '../../src/clients/create-client.ts'
import { createResource } from '../../src/clients/create-resource.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { recordConsent } from '../../src/consent/record-consent.ts'
import { migrate } from '../../src/database/migrate.ts'
import { renderProviderError } from '../../src/http/middleware/render-provider-error.ts'
import { formatId } from '../../src/ids.ts'
import { startWork } from '../../src/jobs.ts'
import { createLog } from '../../src/log.ts'
import { createCore, createServices } from '../../src/services.ts'
import { PASSWORD_PROOF } from '../../src/sessions/login/login.ts'
import { startLogin } from '../../src/sessions/login/start-login.ts'
import { createUser } from '../../src/users/create-user.ts'
import type { User } from '../../src/users/user.ts'
import { addMember } from '../../src/workspaces/add-member.ts'
import { createWorkspace } from '../../src/workspaces/create-workspace.ts'
import { report, type Side } from '../child.ts'
import { createFloors } from './floors-of-ours.ts'
import { withInteractions } from './interactions.ts'
import { listenSomewhere } from './listen.ts'
import { pageAnswers } from './pages.ts'
import { measureStorage } from './storage.ts'

// The whole product as `sojourn serve` builds it, jobs, access log and embedded PostgreSQL with its
// own settings included; `interactions.ts` stands in for the login page where no password is asked.

const OPERATOR = { kind: 'operator' } as const
const PASSWORD = 'a password that only the bench knows'
const RESOURCE = 'https://api.example/'
const USERS = 64
const CONTEXT = { address: '127.0.0.1', userAgent: 'bench' }

export interface OurSide extends Side {
  readonly userIds: readonly string[]
  /** A service that makes and checks sessions. */
  readonly service: {
    readonly clientId: string
    readonly clientSecret: string
    readonly scope: string
  }
}

const SCOPE = 'sessions:create sessions:validate sessions:read sessions:manage'

const [, , folder = '', consistency = 'strong'] = process.argv
const { server, origin, close } = await listenSomewhere()
const { config } = loadConfig({
  text: `issuer: ${origin}
throttle: { strangers: { points: 1000000 } }
data_folder: ${join(folder, `data-${consistency}`)}
session_manager:
  distributed_management: { consistency_level: ${consistency} }
  # A token may be renewed at once and without end, and is not where that is not what is asked.
  renewal: { auto_renewal: false, renewal_threshold: 8h, max_renewals: 100000 }
`,
  env: {},
})
const log = createLog(config.logLevel)
const storage = await openStorage(config, log)
await migrate(storage.pool)
const looks = createLooks()
const core = await createCore(config, log, storage)
const services = await createServices(core, renderProviderError(looks.pages))
const work = startWork(services)
const { db } = services

const users: User[] = []
for (let at = 0; at < USERS; at += 1)
  users.push(
    await createUser(services, {
      username: `person-${at}`,
      password: PASSWORD,
      profile: { name: 'A Person' },
      by: OPERATOR,
    }),
  )
const workspace = await createWorkspace(db, { slug: 'bench', name: 'Bench', by: OPERATOR })
const { client, secret } = await createClient(services, {
  metadata: {
    client_name: 'Bench',
    redirect_uris: ['https://rp.example/callback'],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    scope: 'openid profile read',
  },
  by: OPERATOR,
})
const service = await createClient(services, {
  metadata: { client_name: 'Service', grant_types: ['client_credentials'], scope: SCOPE },
  by: OPERATOR,
})
await admitClient(db, { clientId: service.client.id, workspaceId: workspace.id, by: OPERATOR })
await createResource(db, {
  description: { identifier: RESOURCE, name: 'API', scopes: ['read'], tokenFormat: 'jwt' },
  by: OPERATOR,
})
const place = { workspaceId: workspace.id, roles: ['member'], by: OPERATOR }
for (const { id: userId } of users) {
  await addMember(db, { ...place, userId })
  await recordConsent(db, {
    userId,
    workspaceId: workspace.id,
    clientId: client.id,
    scopes: { openid: ['openid', 'profile'], resources: {} },
    by: OPERATOR,
  })
}

let logins = 0

/** The person is taken at their word; all that a login writes is written. */
async function decide(): Promise<Record<string, unknown>> {
  logins += 1
  const userId = users[logins % USERS]!.id
  const { id } = await startLogin(services, { userId, proof: PASSWORD_PROOF, context: CONTEXT })
  return { accountId: formatId('usr', userId), loginId: id }
}

const handler = createApp(services, looks).callback()
server.on('request', withInteractions(services.oidc.provider, decide, handler))

const side: OurSide = {
  origin,
  clientId: client.clientId,
  clientSecret: secret!.reveal(),
  resource: RESOURCE,
  usernames: users.map(({ username }) => username),
  password: PASSWORD,
  userIds: users.map(({ id }) => formatId('usr', id)),
  service: {
    clientId: service.client.clientId,
    clientSecret: service.secret!.reveal(),
    scope: SCOPE,
  },
}
report(
  side,
  {
    ...(await createFloors(services, PASSWORD)),
    ...pageAnswers(services),
    storage: (count) =>
      measureStorage(services, { count, users, workspaceId: workspace.id, clientId: client.id }),
  },
  async () => {
    await close()
    await work.stop()
    await services.close()
    await storage.close()
  },
)
