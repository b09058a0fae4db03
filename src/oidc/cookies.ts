import type { ServerKeys } from '../keys/data-keys.ts'

/** The cookie that stands for a login. `__Host-` binds it to this origin (RFC 6265bis §4.1.3.2). */
export function loginCookieName(issuer: string): string {
  return isSecure(issuer) ? '__Host-sojourn' : 'sojourn'
}

/** Signs cookies of the app and of the provider alike, or one could not read the other's. */
export function cookieKeys(serverKeys: Pick<ServerKeys, 'key'>): string[] {
  return [serverKeys.key('cookie').toString('base64url')]
}

export function cookieSettings(issuer: string, keys: string[]) {
  const common = { signed: true, httpOnly: true, sameSite: 'lax', overwrite: true } as const
  const secure = isSecure(issuer)
  const prefix = secure ? '__Secure-' : ''
  return {
    keys,
    names: {
      session: loginCookieName(issuer),
      interaction: `${prefix}sojourn-interaction`,
      resume: `${prefix}sojourn-resume`,
    },
    long: { ...common, secure, path: '/' },
    short: { ...common, secure },
  }
}

function isSecure(issuer: string): boolean {
  return issuer.startsWith('https:')
}
