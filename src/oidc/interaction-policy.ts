import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { LEVEL_UNMET, meetsAsked, mustBeKnown } from './asked-level.ts'
import type { OidcDeps } from './deps.ts'
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
  return { policy, url: interactionUrl }
}

function interactionUrl(_ctx: KoaContextWithOIDC, interaction: { readonly uid: string }): string {
  return `/interaction/${interaction.uid}`
}
