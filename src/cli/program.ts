import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { OutputOptions } from './answer.ts'
import { checkConfig } from './check-config.ts'
import { addClientCommands } from './client-commands.ts'
import { addCommand, answering, type CommonOptions, commandLog } from './command.ts'
import { addDeliveryCommands } from './delivery-commands.ts'
import { addKeyCommands } from './key-commands.ts'
import { type MigrateOptions, migrateDatabase } from './migrate.ts'
import { addPolicyCommands } from './policy-commands.ts'
import type { ServeOptions } from './serve.ts'
import { addSessionCommands } from './session-commands.ts'
import type { Terminal } from './terminal.ts'
import { addUserCommands } from './user-commands.ts'

const PACKAGE = new URL('../../package.json', import.meta.url)

/** Every command of the operator, with its help. */
export function createProgram(terminal: Terminal, { json }: OutputOptions): Command {
  const program = new Command('sojourn')
    .description('A session authorization server: log in once, end it everywhere.')
    .version(JSON.parse(readFileSync(PACKAGE, 'utf8')).version)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => void (json || terminal.stderr.write(text)),
    })
    .exitOverride()

  addCommand(program, 'serve', 'Run the server')
    .option('--demo', 'with demonstration data and two sample applications')
    // The server is most of what there is to load, and no other command needs it.
    .action(async (options: ServeOptions) => (await import('./serve.ts')).serve(terminal, options))
  addCommand(program, 'migrate', 'Bring the database to the form of this version')
    .option('--status', 'only tell what is pending')
    .action(
      answering<CommonOptions & MigrateOptions>(terminal, (options) =>
        migrateDatabase(terminal, commandLog(terminal), options),
      ),
    )
  addUserCommands(program, terminal)
  addClientCommands(program, terminal)
  addSessionCommands(program, terminal)
  addPolicyCommands(program, terminal)
  addDeliveryCommands(program, terminal)
  addKeyCommands(program, terminal)

  const config = program.command('config').description('The configuration')
  addCommand(config, 'check', 'Say whether the server would start with it').action(
    answering<CommonOptions>(terminal, (options) => checkConfig(terminal, options)),
  )
  return program
}
