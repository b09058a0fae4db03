interface ScopeLine {
  readonly scope: string
  readonly description: string
}

const IDENTITY: Readonly<Record<string, string>> = {
  openid: 'Who you are here, and your roles in this workspace',
  profile: 'Your name, username and language',
  email: 'Your email address, and whether it is confirmed',
  address: 'Your postal address',
  phone: 'Your telephone number, and whether it is confirmed',
}

/** What a client learns of the person; `offline_access` tells it nothing and has words of its own. */
export function identityLines(scopes: readonly string[]): ScopeLine[] {
  return scopes.flatMap((scope) => {
    const description = IDENTITY[scope]
    return description ? [{ scope, description }] : []
  })
}

/** What a client may do elsewhere: a resource registers its scopes without words of their own. */
export function resourceLines(resource: string, scopes: readonly string[]): ScopeLine[] {
  return scopes.map((scope) => ({ scope, description: `What ${resource} calls` }))
}
