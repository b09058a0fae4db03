import Provider, { type KoaContextWithOIDC } from 'oidc-provider'
import { isClientSecret } from '../clients/secrets.ts'
import { newId } from '../ids.ts'
import type { AccessTokenContent } from '../sessions/tokens/check-access-token.ts'
import { NO_SECRET_HERE } from './adapters/client-adapter.ts'
import type { OidcDeps } from './deps.ts'
import { keepClients } from './kept-clients.ts'
import { sealAccessToken } from './make-access-token.ts'
import type { Payload } from './payload.ts'
import { requireState } from './request-state.ts'
import { singleUseProofs } from './single-use-proofs.ts'
import { originOf } from './token-origin.ts'

// The library has no setting for what follows; its models are classes of each Provider, made to be
// extended (lib/models/index.js at v9.13), and a test of each override fails if an update moves it.

interface Model {
  readonly prototype: Record<string, unknown>
}

/** Makes the library's models do as Sojourn does. */
export function overrideModels(provider: Provider, deps: OidcDeps): void {
  const models = provider as unknown as Record<string, Model>
  overrideClient(models.Client!, deps)
  keepClients(models.Client as never, deps)
  overrideSession(models.Session!)
  overrideRefreshToken(models.RefreshToken!)
  overrideAccessToken(models.AccessToken!, deps)
  overrideAccessToken(models.ClientCredentials!, deps)
  const replays = models.ReplayDetection as unknown as Payload
  replays.unique = singleUseProofs(deps)
  models.Grant!.prototype.generateTokenId = () => newId<'gra'>()
}

function overrideClient({ prototype }: Model, deps: OidcDeps): void {
  prototype.compareClientSecret = async function (this: { clientId: string }, secret: string) {
    const client = requireState().clients.get(this.clientId)
    return client !== undefined && isClientSecret(deps.serverKeys, client, secret)
  }
  // `sid` is in every ID token, or a client could not tell which session a logout token ends.
  prototype.includeSid = () => true
  // What stands for a secret is none: a client that read its record would keep it as its secret.
  const metadata = prototype.metadata as (this: unknown) => Payload
  prototype.metadata = function () {
    const { client_secret: secret, client_secret_expires_at: _, ...rest } = metadata.call(this)
    return secret === undefined || secret === NO_SECRET_HERE ? rest : metadata.call(this)
  }
  // Logout tokens leave from the outbox, and survive a crash there.
  prototype.backchannelLogout = async () => undefined
}

interface LoginDetails {
  readonly loginId?: unknown
}

/** The login that was begun when the person proved themselves becomes this browser's. */
function overrideSession({ prototype }: Model): void {
  const original = prototype.loginAccount as (this: unknown, details: object) => void
  prototype.loginAccount = function (this: { uid: string }, details: object) {
    original.call(this, details)
    const ctx = Provider.ctx as KoaContextWithOIDC
    const login = ctx.oidc.entities.Interaction?.result?.login as LoginDetails | undefined
    if (typeof login?.loginId !== 'string') return
    this.uid = login.loginId
    requireState().byPriorCookie = false
  }
}

function overrideRefreshToken({ prototype }: Model): void {
  prototype.generateTokenId = () => {
    const { making } = requireState()
    if (!making) throw new Error('a refresh token needs a family')
    return making.maker.token(making.familyId, making.generation)
  }
}

/** The parts of the library's token that are sealed. */
interface LibraryToken {
  readonly format: 'opaque' | 'jwt'
  readonly jti: string
  readonly clientId: string
  readonly scope?: string
  readonly aud?: string
  readonly jkt?: string
  readonly 'x5t#S256'?: string
  readonly gty?: string
  readonly iat?: number
  readonly expiration: number
}

type ValueAndPayload = (this: LibraryToken) => Promise<{ value: string; payload?: Payload }>

function overrideAccessToken({ prototype }: Model, deps: OidcDeps): void {
  const original = prototype.getValueAndPayload as ValueAndPayload
  prototype.getValueAndPayload = async function (this: LibraryToken) {
    if (this.format === 'jwt') return { value: (await original.call(this)).value }
    const now = Math.floor(Date.now() / 1000)
    return { value: await sealed(deps, this, { i: now, t: now + this.expiration }) }
  }
}

function sealed(
  deps: OidcDeps,
  token: LibraryToken,
  times: { readonly i: number; readonly t: number },
): Promise<string> {
  const content: AccessTokenContent = {
    j: token.jti,
    c: token.clientId,
    s: token.scope || undefined,
    a: token.aud,
    k: token.jkt,
    x: token['x5t#S256'],
    y: token.gty,
    ...times,
  }
  return sealAccessToken(deps, content, originOf(deps, requireState()))
}
