import type { Command } from 'commander'
import { rotateNow } from '../keys/signing-keys.ts'
import type { Answer } from './answer.ts'
import { addCommand, answering, type CommonOptions } from './command.ts'
import { type DestroyRootOptions, destroyRoot } from './destroy-root.ts'
import { type NewIncarnationOptions, newIncarnation } from './new-incarnation.ts'
import { rotateDataAt } from './rotate-data.ts'
import { rotateRootAt } from './rotate-root.ts'
import { showKeys } from './show-keys.ts'
import type { Terminal } from './terminal.ts'
import { withCore } from './with-core.ts'

/** `keys …`. */
export function addKeyCommands(program: Command, terminal: Terminal): void {
  const keys = program
    .command('keys')
    .description('Signing keys, the root key, and a new beginning')
  addCommand(keys, 'status', 'Show what the root key wraps and which keys sign').action(
    answering<CommonOptions>(terminal, (options) => showKeys(terminal, options)),
  )
  addCommand(
    keys,
    'rotate',
    'Announce new signing keys; each signs when all caches can know it',
  ).action(answering<CommonOptions>(terminal, (options) => rotateSigning(terminal, options)))
  addCommand(keys, 'rotate-root', 'Wrap every key under a new root key, in steps').action(
    answering<CommonOptions>(terminal, (options) => rotateRootAt(terminal, options)),
  )
  addCommand(keys, 'destroy-root <version>', 'Destroy an old root key, and what backups need it')
    .option('--yes', 'do not ask')
    .action(
      answering<DestroyRootOptions>(terminal, (options, [version = '']) =>
        destroyRoot(terminal, version, options),
      ),
    )
  addCommand(keys, 'rotate-data', 'Announce a new key for what the server itself seals').action(
    answering<CommonOptions>(terminal, (options) => rotateDataAt(terminal, options)),
  )
  addCommand(keys, 'new-incarnation', 'After a restore: end all that was made before it')
    .option('--yes', 'do not ask')
    .action(
      answering<NewIncarnationOptions>(terminal, (options) => newIncarnation(terminal, options)),
    )
}

async function rotateSigning(terminal: Terminal, options: CommonOptions): Promise<Answer> {
  return withCore(terminal, options, async (core) => {
    const announced = await rotateNow(core, core.signingRotation)
    const lines = announced.map(
      ({ kid, alg, activeAt }) => `${alg} ${kid} signs from ${activeAt.toISOString()}`,
    )
    const data = announced.map(({ kid, alg, activeAt }) => ({ kid, alg, active_at: activeAt }))
    const text = lines.length > 0 ? lines.join('\n') : 'the next keys are announced already'
    return { data: { announced: data }, text }
  })
}
