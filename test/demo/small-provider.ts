import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { type ClientMetadata, type KoaContextWithOIDC, Provider } from 'oidc-provider'

/** A stock OpenID provider in memory, with workspaces; everybody is Ada, and no password is asked. */
export interface SmallProvider {
  readonly issuer: string
  readonly settings: Settings
  /** Requests to the token endpoint so far. */
  readonly tokenRequests: () => number
  /** Signs whatever it is told, with the key that the provider publishes. */
  readonly sign: (payload: object, header?: object) => Promise<string>
  /** Ends every refresh token, as the end of a session would. */
  readonly refuseRefreshes: () => void
  readonly serve: (clients: readonly ClientMetadata[]) => void
  readonly close: () => void
}

interface Settings {
  accessTokenSeconds: number
  sessionExpiry: number | undefined
  /** Lets everybody into this workspace, whatever they asked for. */
  enters: string | undefined
  /** Keeps the token endpoint waiting. */
  tokenDelayMs: number
  /** Answers 503 to everything. */
  down: boolean
}

export async function createSmallProvider(): Promise<SmallProvider> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  const settings: Settings = {
    accessTokenSeconds: 300,
    sessionExpiry: undefined,
    enters: undefined,
    tokenDelayMs: 0,
    down: false,
  }
  let listener: (typeof Provider.prototype)['callback'] extends () => infer L ? L : never
  let requests = 0
  let refusing = false
  const server = createServer((request, response) => {
    if (settings.down) return response.writeHead(503).end()
    if (request.url !== '/token') return listener(request, response)
    requests++
    return setTimeout(() => listener(request, response), settings.tokenDelayMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    issuer,
    settings,
    tokenRequests: () => requests,
    refuseRefreshes: () => {
      refusing = true
    },
    sign: (payload, header = { typ: 'logout+jwt' }) =>
      new SignJWT({ ...payload })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
        .sign(privateKey),
    serve: (clients) => {
      const provider = createProvider({ issuer, clients, jwk, settings, isRefused: () => refusing })
      listener = provider.callback()
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

interface ProviderNeeds {
  readonly issuer: string
  readonly clients: readonly ClientMetadata[]
  readonly jwk: object
  readonly settings: Settings
  readonly isRefused: () => boolean
}

function createProvider(needs: ProviderNeeds): Provider {
  const { issuer, clients, jwk, settings } = needs
  const workspaces = new Map<string, string>()
  const grants = new Map<string, string>()
  const provider = new Provider(issuer, {
    clients: [...clients],
    jwks: { keys: [jwk] },
    cookies: { keys: ['a key for tests'] },
    responseTypes: ['code'],
    extraParams: ['workspace'],
    claims: {
      openid: ['sub', 'workspace_id', 'workspace_slug', 'workspace_roles', 'session_expiry'],
      profile: ['name'],
      email: ['email'],
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = form
        },
      },
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    ttl: { AccessToken: () => settings.accessTokenSeconds },
    // The stock one refuses to call this machine.
    fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined } as RequestInit),
    loadExistingGrant: async (ctx) => {
      const slug = settings.enters ?? String(ctx.oidc.params?.workspace ?? 'harbour-house')
      const key = [ctx.oidc.session?.uid, ctx.oidc.client?.clientId, slug].join()
      const known = grants.get(key)
      if (known) return ctx.oidc.provider.Grant.find(known)
      const id = await grantAll(ctx)
      grants.set(key, id)
      workspaces.set(id, slug)
      return ctx.oidc.provider.Grant.find(id)
    },
    findAccount: (ctx, sub, token) => {
      if (needs.isRefused()) return undefined
      const grantId = token && 'grantId' in token ? token.grantId : ctx.oidc.entities.Grant?.jti
      const slug = workspaces.get(grantId ?? '') ?? 'nowhere'
      return { accountId: sub, claims: () => ({ sub, ...claimsIn(slug, settings) }) }
    },
  })
  provider.use(logInAtOnce(provider))
  return provider
}

function claimsIn(slug: string, { sessionExpiry }: Settings) {
  return {
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    workspace_id: `wsp_${slug}`,
    workspace_slug: slug,
    workspace_roles: ['editor'],
    ...(sessionExpiry !== undefined && { session_expiry: sessionExpiry }),
  }
}

async function grantAll(ctx: KoaContextWithOIDC): Promise<string> {
  const grant = new ctx.oidc.provider.Grant({
    accountId: ctx.oidc.session!.accountId!,
    clientId: ctx.oidc.client!.clientId,
  })
  grant.addOIDCScope('openid profile email')
  return grant.save()
}

/** The workspace `locked` is closed to everybody. */
function logInAtOnce(provider: Provider): Parameters<Provider['use']>[0] {
  return async function logIn(ctx, next) {
    if (!ctx.path.startsWith('/interaction/')) return next()
    const { params } = await provider.interactionDetails(ctx.req, ctx.res)
    const result =
      params.workspace === 'locked'
        ? { error: 'access_denied', error_description: 'not a member <b>of it</b>' }
        : { login: { accountId: 'ada' } }
    ctx.respond = false
    await provider.interactionFinished(ctx.req, ctx.res, result)
  }
}
