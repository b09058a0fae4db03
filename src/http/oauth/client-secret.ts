import type { IncomingHttpHeaders } from 'node:http'

/** A client and the secret that it shows. */
export interface ShownSecret {
  readonly clientId: string
  readonly clientSecret: string
}

interface Params {
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
}

// Standard base64, whole groups or an unpadded rest that can be one (RFC 7617 §2).
const BASIC = /^basic ((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?)$/i

/** The secret in the header or in the form, if it is there in one of the two and well formed. */
export function shownSecret(headers: IncomingHttpHeaders, params: Params): ShownSecret | null {
  const { authorization } = headers
  if (authorization === undefined) return inForm(params)
  if (params.client_secret !== undefined) return null
  const shown = inHeader(authorization)
  return shown && (params.client_id ?? shown.clientId) === shown.clientId ? shown : null
}

function inForm({ client_id: clientId, client_secret: clientSecret }: Params): ShownSecret | null {
  return clientId && clientSecret ? { clientId, clientSecret } : null
}

function inHeader(authorization: string): ShownSecret | null {
  const [, encoded] = BASIC.exec(authorization) ?? []
  if (!encoded) return null
  const pair = Buffer.from(encoded, 'base64').toString()
  const colon = pair.indexOf(':')
  const clientId = decodeField(pair.slice(0, Math.max(colon, 0)))
  const clientSecret = decodeField(pair.slice(colon + 1))
  return colon > 0 && clientId && clientSecret ? { clientId, clientSecret } : null
}

/** Form-encoded, as RFC 6749 §2.3.1 wants both halves; visible ASCII only. */
function decodeField(text: string): string | null {
  if (/^[\w~.-]*$/.test(text)) return text
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', '%20'))
    return /^[\x20-\x7e]*$/.test(decoded) ? decoded : null
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}
