import { errorOf } from './errors.ts'
import { jsonOf, type Line, send } from './send.ts'

export interface ClientTokenOptions {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string
  readonly line: Line
}

/** Seconds before its end at which a token is not used any more. */
const MARGIN = 20

/**
 * Access tokens for the sessions API by client credentials (RFC 6749 §4.4), asked for once for all
 * calls that need one at the same time, and again shortly before the end.
 */
export class ClientToken {
  readonly #options: ClientTokenOptions
  #token: Promise<string> | null = null
  #endsAt = 0

  constructor(options: ClientTokenOptions) {
    this.#options = options
  }

  get(): Promise<string> {
    if (this.#token && Date.now() < this.#endsAt) return this.#token
    this.#endsAt = Number.POSITIVE_INFINITY
    const asked = this.#ask()
    this.#token = asked
    asked.catch(() => {
      if (this.#token === asked) this.forget()
    })
    return asked
  }

  /** The server did not take it: the next call gets another. */
  forget(): void {
    this.#token = null
    this.#endsAt = 0
  }

  async #ask(): Promise<string> {
    const { issuer, clientId, clientSecret, scope, line } = this.#options
    const response = await send(line, `${issuer}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope,
        resource: `${issuer}/api/v1`,
      }).toString(),
    })
    if (!response.ok) throw await errorOf(response)
    const body = (await jsonOf(response)) as { access_token: string; expires_in?: number }
    this.#endsAt = Date.now() + ((body.expires_in ?? 60) - MARGIN) * 1000
    return body.access_token
  }

  toJSON(): string {
    return '[redacted]'
  }
}

/** RFC 6749 §2.3.1 wants both halves form-encoded. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+')
}
