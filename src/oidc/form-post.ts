import type { ServerResponse } from 'node:http'

const POLICY = 'Content-Security-Policy'

/**
 * The page that posts an answer to its client (OAuth 2.0 Form Post Response Mode) needs one script,
 * whose hash the library adds to this directive where it finds it (lib/helpers/script_src_sha.js at
 * v9.13). As it stands it lets none run.
 */
export function expectFormPost(response: ServerResponse): void {
  const policy = response.getHeader(POLICY)
  if (typeof policy === 'string') response.setHeader(POLICY, `${policy}; script-src`)
}

/** It may post anywhere: the address is the client's, judged before, and its next hop is not ours. */
export function letFormPost(response: ServerResponse): void {
  const policy = response.getHeader(POLICY)
  if (typeof policy === 'string' && policy.includes(" 'sha256-"))
    response.setHeader(POLICY, policy.replace(/; ?form-action [^;]*/, ''))
}
