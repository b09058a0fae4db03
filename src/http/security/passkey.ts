import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { DomainError } from '../../errors.ts'
import { enrolPasskey } from '../../sessions/login/change-factors.ts'
import type { Login } from '../../sessions/login/login.ts'
import { makeChallenge } from '../../users/factors/challenge.ts'
import { openMadePasskey } from '../../users/factors/enrol-passkey.ts'
import { passkeysOf } from '../../users/factors/find-factors.ts'
import { handleOf } from '../../users/factors/passkey-handle.ts'
import { creationOptions } from '../../users/factors/passkey-options.ts'
import { relyingPartyOf } from '../../users/factors/relying-party.ts'
import { findUser } from '../../users/find-user.ts'
import type { AccountDeps } from '../account/deps.ts'
import { displayName } from '../interactions/display-name.ts'
import { show } from '../interactions/show.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import { actionOf } from './addresses.ts'
import { provenAct, provenLogin, scopeOf } from './proven-login.ts'
import { afterAdding } from './recovery-codes.ts'

export function getPasskey(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const login = await provenLogin(deps, { ctx, to: 'passkey' })
    if (login) await showOffer(deps, ctx, { login })
  }
}

const form = z.object({
  credential: z.string().max(48_000),
  challenge: z.string().max(1024),
  name: z.string().max(256).default(''),
})

/** Adds what the browser made, if it is what this page asked for. */
export function postPasskey(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    await provenAct(deps, { ctx, to: 'passkey' }, async (login) => {
      const { credential, challenge, name } = parse(form, await readForm(ctx))
      const offered = { answer: credential, challenge, scope: scopeOf(login) }
      const made = await openMadePasskey(deps, offered)
      const added = made && (await enrolPasskey(deps, login, { made, name }))
      if (added?.added) return afterAdding(deps, ctx, { login, added })
      await showOffer(deps, ctx, { login, name, error: 'wrong_factor' })
    })
  }
}

interface Offer {
  readonly login: Login
  readonly name?: string
  readonly error?: 'wrong_factor'
}

async function showOffer(deps: AccountDeps, ctx: RouterContext, offer: Offer): Promise<void> {
  const { login, name = '', error = null } = offer
  const house = relyingPartyOf(deps.config.issuer)
  const user = await findUser(deps.db, login.userId)
  if (!house || !user) throw new DomainError('not_found', 'no passkeys here')
  const { bytes, ticket } = makeChallenge(deps.serverKeys, scopeOf(login))
  const options = creationOptions(house, {
    challenge: bytes,
    handle: handleOf(user.id),
    username: user.username,
    displayName: displayName(user),
    known: await passkeysOf(deps.db, user.id),
  })
  const model = {
    csrf: await deps.csrf.issue(ctx, scopeOf(login)),
    offer: {
      action: actionOf(ctx, 'passkey'),
      challenge: ticket,
      options: JSON.stringify(options),
    },
    name,
    error,
  }
  show(ctx, deps.pages, { page: 'security/passkey', model, status: error ? 400 : 200 })
}
