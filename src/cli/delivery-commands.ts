import { type Command, Option } from 'commander'
import { findClient } from '../clients/find-client.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { formatId, parseId } from '../ids.ts'
import { listDeliveries, type OpenDelivery } from '../revocation/list-deliveries.ts'
import { sendAgain, sendAllAgain } from '../revocation/send-again.ts'
import { type Answer, table } from './answer.ts'
import { addCommand, answering, type CommonOptions, parseLimit } from './command.ts'
import { UsageError } from './refusal.ts'
import type { Terminal } from './terminal.ts'
import { OPERATOR, withCore } from './with-core.ts'

interface ListOptions extends CommonOptions {
  readonly state?: OpenDelivery['state']
  readonly client?: string
  readonly limit?: number
}

interface SendOptions extends CommonOptions {
  readonly allSetAside?: boolean
  readonly client?: string
}

/** `delivery …`. */
export function addDeliveryCommands(program: Command, terminal: Terminal): void {
  const delivery = program.command('delivery').description('Logout tokens on their way to clients')
  addCommand(delivery, 'list', 'Show what nobody has accepted yet, the oldest first')
    .addOption(new Option('--state <state>', 'one of them').choices(['pending', 'set_aside']))
    .option('--client <id>', 'its client_id')
    .option('--limit <count>', 'at most 1000 (100)', parseLimit)
    .action(answering<ListOptions>(terminal, (options) => list(terminal, options)))
  addCommand(delivery, 'send-again [delivery...]', 'Send what was set aside once more')
    .option('--all-set-aside', 'all of it')
    .option('--client <id>', 'of this client only, with --all-set-aside')
    .action(
      answering<SendOptions>(terminal, (options, given) =>
        options.allSetAside ? sendAll(terminal, given, options) : send(terminal, given, options),
      ),
    )
}

function list(terminal: Terminal, options: ListOptions): Promise<Answer> {
  return withCore(terminal, options, async ({ db }) => {
    const { state, client, limit } = options
    await mustKnowClient(db, client)
    const open = await listDeliveries(db, {
      ...(state && { state }),
      ...(client !== undefined && { clientId: client }),
      ...(limit !== undefined && { limit }),
    })
    return { data: { deliveries: open.map(present) }, text: describe(open) }
  })
}

function present(delivery: OpenDelivery) {
  const { id, clientId, sessionId, state, attempts, lastFailure } = delivery
  return {
    delivery_id: formatId('dlv', id),
    client_id: clientId,
    session_id: formatId('ses', sessionId),
    state,
    attempts,
    last_failure: lastFailure,
    since: delivery.createdAt.toISOString(),
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
  }
}

const HEAD = ['DELIVERY', 'CLIENT', 'SESSION', 'STATE', 'TRIES', 'LAST FAILURE', 'SINCE', 'NEXT']

function describe(open: readonly OpenDelivery[]): string {
  if (open.length === 0) return 'every logout token was accepted'
  const rows = open.map((one) => Object.values(present(one)).map((cell) => String(cell ?? '-')))
  return table([HEAD, ...rows])
}

/** All of them or none. */
async function send(
  terminal: Terminal,
  texts: readonly string[],
  options: SendOptions,
): Promise<Answer> {
  if (texts.length === 0) throw new UsageError('name deliveries, or say --all-set-aside')
  if (options.client !== undefined) throw new UsageError('--client goes with --all-set-aside')
  const ids = texts.map((text) => {
    const id = parseId('dlv', text)
    if (!id) throw new DomainError('not_found', 'that is no delivery id')
    return id
  })
  return withCore(terminal, options, async ({ db }) => {
    await transaction(db, async (tx) => {
      for (const id of ids) await sendAgain(tx, id, OPERATOR)
    })
    return sent(ids.map((id) => formatId('dlv', id)))
  })
}

async function sendAll(
  terminal: Terminal,
  texts: readonly string[],
  options: SendOptions,
): Promise<Answer> {
  if (texts.length > 0) throw new UsageError('name deliveries or say --all-set-aside, not both')
  return withCore(terminal, options, async ({ db }) => {
    await mustKnowClient(db, options.client)
    const ids = await sendAllAgain(db, { clientId: options.client ?? null }, OPERATOR)
    return sent(ids.map((id) => formatId('dlv', id)))
  })
}

function sent(ids: readonly string[]): Answer {
  const text = ids.map((id) => `${id} is due at once`).join('\n') || 'nothing was set aside'
  return { data: { sent_again: ids }, text }
}

async function mustKnowClient(db: Db, clientId: string | undefined): Promise<void> {
  if (clientId !== undefined && !(await findClient(db, clientId)))
    throw new DomainError('client_not_found', `no client ${clientId}`)
}
