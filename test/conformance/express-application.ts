import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import express from 'express'
import openid from 'express-openid-connect'

/** What its operator told an application; it knows nothing else of the provider. */
export interface ApplicationSettings {
  readonly issuer: string
  readonly port: number
  readonly clientId: string
  readonly clientSecret: string
  /** What it asks for besides. */
  readonly params?: Readonly<Record<string, string>>
}

/** An application of somebody else's, which leaves all of the protocol to express-openid-connect. */
export async function startApplication(settings: ApplicationSettings): Promise<Server> {
  const app = express()
  app.use(
    openid.auth({
      issuerBaseURL: settings.issuer,
      baseURL: `http://localhost:${settings.port}`,
      clientID: settings.clientId,
      clientSecret: settings.clientSecret,
      secret: randomBytes(32).toString('hex'),
      idTokenSigningAlg: 'ES256',
      authorizationParams: { response_type: 'code', scope: 'openid profile', ...settings.params },
      authRequired: false,
      idpLogout: true,
      backchannelLogout: { store: logoutStore() as never },
    }),
  )
  app.get('/', (request, response) => {
    response.json({ claims: request.oidc.idTokenClaims ?? null })
  })
  app.get('/refreshed', openid.requiresAuth(), async (request, response) => {
    await request.oidc.accessToken?.refresh()
    response.json({ claims: request.oidc.idTokenClaims })
  })
  app.get('/person', openid.requiresAuth(), async (request, response) => {
    response.json(await request.oidc.fetchUserInfo())
  })
  const server = app.listen(settings.port)
  await once(server, 'listening')
  return server
}

type Done = (error: Error | null, value?: unknown) => void

/** Where the library notes who was logged out; its default keeps nothing of the kind. */
function logoutStore() {
  const noted = new Map<string, unknown>()
  return {
    get: (id: string, done: Done) => done(null, noted.get(id)),
    set: (id: string, value: unknown, done: Done) => {
      noted.set(id, value)
      done(null)
    },
    destroy: (id: string, done: Done) => {
      noted.delete(id)
      done(null)
    },
  }
}
