import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { formatId, parseId } from '../ids.ts'
import { LEVEL_UNMET, meetsAsked, mustBeKnown } from './asked-level.ts'
import type { OidcDeps } from './deps.ts'
import { detailsOf, mayChoose } from './full-workspace.ts'
import { requireState } from './request-state.ts'
import { resolveWorkspace } from './resolve-workspace.ts'

/** What a person is asked on the way to a code: who are you, where to, and may this client? */
export function interactionsFor(deps: OidcDeps) {
  const { base, Check, Prompt } = interactionPolicy
  const policy = base()

  const barred = new Check(
    'workspace_barred',
    'the session in this workspace was ended; a fresh login is required',
    'login_required',
    (ctx) => {
      const { barred: isBarred } = requireState()
      return isBarred && !ctx.oidc.result?.login ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
    },
    // For the page that tells why.
    async (ctx) => {
      const resolved = await resolveWorkspace(deps, ctx)
      return resolved.state === 'resolved'
        ? { workspace: formatId('wsp', resolved.place.workspace.id) }
        : {}
    },
  )
  const unmet = new Check(
    LEVEL_UNMET,
    'a stronger authentication is required',
    'login_required',
    ({ oidc: { params = {}, session } }) => {
      mustBeKnown(params)
      return meetsAsked(session?.acr, params) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT
    },
  )
  // The library's own want the very level that was asked for, and not one that includes it.
  const { checks } = policy.get('login')!
  for (const own of ['essential_acr', 'essential_acrs']) checks.remove(own)
  checks.add(barred)
  checks.add(unmet)

  const asks = (state: 'open' | 'not_a_member') => async (ctx: KoaContextWithOIDC) => {
    const resolved = await resolveWorkspace(deps, ctx)
    return resolved.state === state ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
  }
  const workspace = new Prompt(
    { name: 'workspace', requestable: true },
    new Check(
      'not_a_member',
      'not a member of the workspace',
      'access_denied',
      asks('not_a_member'),
    ),
    new Check('workspace_open', 'a workspace must be chosen', 'interaction_required', asks('open')),
  )
  policy.add(workspace, 1)
  policy.add(limitPrompt(), 2)
  return { policy, url: interactionUrl }
}

/** A session that there is no room for: one that the person may make room for, or one that is denied. */
function limitPrompt() {
  const { Check, Prompt } = interactionPolicy
  const isFull = (may: boolean) => (ctx: KoaContextWithOIDC) => {
    const { full } = requireState()
    const userId = personIn(ctx)
    return full && userId && mayChoose(full, userId) === may
      ? Check.REQUEST_PROMPT
      : Check.NO_NEED_TO_PROMPT
  }
  const details = (ctx: KoaContextWithOIDC) => {
    const { full } = requireState()
    const userId = personIn(ctx)
    return full && userId ? detailsOf(full, userId) : {}
  }
  return new Prompt(
    { name: 'limit', requestable: false },
    details,
    new Check(LIMIT_REACHED, NO_ROOM, 'access_denied', isFull(false)),
    new Check('limit_open', `${NO_ROOM}; one must be chosen to end`, isFull(true)),
  )
}

export const LIMIT_REACHED = 'limit_reached'
const NO_ROOM = 'there are as many sessions as there may be'

function personIn({ oidc }: KoaContextWithOIDC) {
  return parseId('usr', oidc.session?.accountId)
}

function interactionUrl(_ctx: KoaContextWithOIDC, interaction: { readonly uid: string }): string {
  return `/interaction/${interaction.uid}`
}
