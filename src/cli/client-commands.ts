import { type Command, Option } from 'commander'
import { createResource } from '../clients/create-resource.ts'
import { findClient } from '../clients/find-client.ts'
import { DomainError } from '../errors.ts'
import { addAdmissionCommands } from './admission-commands.ts'
import type { Answer } from './answer.ts'
import { addCommand, answering, type CommonOptions, collect } from './command.ts'
import { type CreateClientOptions, createClientAt } from './create-client.ts'
import { type CreateTokenOptions, createTokenAt, parseLifetime } from './create-token.ts'
import { addClientLeaving } from './leaving-commands.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

interface CreateResourceOptions extends CommonOptions {
  readonly name: string
  readonly scope?: readonly string[]
  readonly format?: 'jwt' | 'opaque'
  readonly client?: string
}

/** `client …` and `resource …`. */
export function addClientCommands(program: Command, terminal: Terminal): void {
  const client = program.command('client').description('Applications that log people in')
  addCommand(client, 'create', 'Make a client; shows its secret once')
    .option('--id <id>', 'client_id (a fresh one)')
    .option('--metadata <file>', 'JSON with the names of RFC 7591; options win over it')
    .option('--name <name>', 'as people see it')
    .option('--redirect-uri <uri>', 'many times', collect)
    .option('--post-logout-redirect-uri <uri>', 'many times', collect)
    .option('--backchannel-logout-uri <uri>', 'where it hears of the end of a session')
    .option(
      '--grant <type>',
      'authorization_code, refresh_token, client_credentials; many',
      collect,
    )
    .option('--scope <scopes>', 'the scopes that it may ask for')
    .option('--public', 'it has no secret (an app or a page)')
    .option('--native', 'it is installed: an address of its own scheme, or on loopback')
    .option('--pkce-exempt', 'its library cannot do PKCE; never for a public one')
    .action(
      answering<CreateClientOptions>(terminal, (options) => createClientAt(terminal, options)),
    )
  addCommand(client, 'create-token', 'Let others register clients; shows the token once')
    .option('--for <duration>', 'how long it is good (1h)', parseLifetime)
    .action(answering<CreateTokenOptions>(terminal, (options) => createTokenAt(terminal, options)))

  addAdmissionCommands(client, terminal)
  addClientLeaving(client, terminal)

  const resource = program.command('resource').description('APIs that accept access tokens')
  addCommand(resource, 'create <identifier>', 'Make an API known, by its absolute URI')
    .requiredOption('--name <name>', 'as people see it')
    .option('--scope <scope>', 'many times', collect)
    .addOption(new Option('--format <format>', '(opaque)').choices(['jwt', 'opaque']))
    .option('--client <id>', 'the client that may introspect its tokens')
    .action(
      answering<CreateResourceOptions>(terminal, (options, [identifier = '']) =>
        createResourceAt(terminal, identifier, options),
      ),
    )
}

async function createResourceAt(
  terminal: Terminal,
  identifier: string,
  { name, scope = [], format, client, ...options }: CreateResourceOptions,
): Promise<Answer> {
  return withCore(terminal, options, async ({ db }) => {
    const owner = client === undefined ? null : await findClient(db, client)
    if (client !== undefined && !owner)
      throw new DomainError('client_not_found', `no client ${client}`)
    const resource = await createResource(db, {
      description: { identifier, name, scopes: [...scope], tokenFormat: format },
      clientId: owner?.id,
      by: OPERATOR,
    })
    const { tokenFormat, scopes } = resource
    return {
      data: { identifier: resource.identifier, name, scopes, token_format: tokenFormat },
      text: `${resource.identifier} accepts ${tokenFormat} tokens`,
    }
  })
}
