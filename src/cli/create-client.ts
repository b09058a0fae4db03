import { readFileSync } from 'node:fs'
import { createClient } from '../clients/create-client.ts'
import { DomainError } from '../errors.ts'
import type { Answer } from './answer.ts'
import type { CommonOptions } from './command.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

export interface CreateClientOptions extends CommonOptions {
  readonly id?: string
  readonly metadata?: string
  readonly name?: string
  readonly redirectUri?: readonly string[]
  readonly postLogoutRedirectUri?: readonly string[]
  readonly backchannelLogoutUri?: string
  readonly grant?: readonly string[]
  readonly scope?: string
  readonly public?: boolean
  readonly native?: boolean
  readonly pkceExempt?: boolean
}

/** Makes a client; its secret is in this answer and nowhere else. */
export async function createClientAt(
  terminal: Terminal,
  options: CreateClientOptions,
): Promise<Answer> {
  const metadata = { ...fromFile(options.metadata), ...fromOptions(options) }
  return withCore(terminal, options, async (core) => {
    const { client, secret } = await createClient(core, {
      clientId: options.id,
      metadata,
      pkceExempt: options.pkceExempt,
      by: OPERATOR,
    })
    const shown = secret?.reveal() ?? null
    const lines = [
      `client ${client.clientId} is made`,
      ...(shown ? [`client secret, shown this once: ${shown}`] : []),
    ]
    const data = { client_id: client.clientId, ...(shown && { client_secret: shown }) }
    return { data: { ...data, metadata: client.metadata }, text: lines.join('\n') }
  })
}

function fromFile(path: string | undefined): object {
  if (path === undefined) return {}
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new DomainError('invalid_request', `${path} holds no client metadata`, { cause })
  }
}

/** RFC 7591's names for what was given; what was not is left to the file. */
function fromOptions(options: CreateClientOptions): object {
  const members = {
    client_name: options.name,
    redirect_uris: options.redirectUri,
    post_logout_redirect_uris: options.postLogoutRedirectUri,
    backchannel_logout_uri: options.backchannelLogoutUri,
    grant_types: options.grant,
    scope: options.scope,
    application_type: options.native ? 'native' : undefined,
    token_endpoint_auth_method: options.public ? 'none' : undefined,
  }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
