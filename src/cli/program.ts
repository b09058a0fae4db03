import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { createLog, type Log } from '../log.ts'
import { type Answer, printAnswer } from './answer.ts'
import { checkConfig } from './check-config.ts'
import type { ConfigOptions } from './load.ts'
import { migrateDatabase } from './migrate.ts'
import { type ServeOptions, serve } from './serve.ts'
import type { Terminal } from './terminal.ts'

const PACKAGE = new URL('../../package.json', import.meta.url)

/** Every command of the operator, with its help. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('sojourn')
    .description('A session authorization server: log in once, end it everywhere.')
    .version(JSON.parse(readFileSync(PACKAGE, 'utf8')).version)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .exitOverride()

  command(program, 'serve', 'Run the server')
    .option('--demo', 'with demonstration data and two sample applications')
    .action((options: ServeOptions) => serve(terminal, options))

  const migrate = command(program, 'migrate', 'Bring the database to the form of this version')
  migrate
    .option('--status', 'only tell what is pending')
    .action(answering(terminal, (options) => migrateDatabase(terminal, logOf(terminal), options)))

  const config = program.command('config').description('The configuration')
  command(config, 'check', 'Say whether the server would start with this configuration').action(
    answering(terminal, (options) => checkConfig(terminal, options)),
  )
  return program
}

/** A command with the two options that all of them take. */
function command(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--config <file>', 'configuration file (SOJOURN_CONFIG; ./sojourn.yaml if it is there)')
    .option('--json', 'print one JSON object')
}

interface Options extends ConfigOptions {
  readonly json?: boolean
}

function answering<O extends Options>(
  terminal: Terminal,
  work: (options: O) => Answer | Promise<Answer>,
): (options: O) => Promise<void> {
  return async (options) => printAnswer(terminal, await work(options), options)
}

/** Commands say what they did by their answer; the log is for what went wrong on the way. */
function logOf(terminal: Terminal): Log {
  return createLog('warn', terminal.stderr)
}
