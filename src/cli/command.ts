import { type Command, InvalidArgumentError } from 'commander'
import { createLog, type Log } from '../log.ts'
import { type Answer, type OutputOptions, printAnswer } from './answer.ts'
import type { ConfigOptions } from './load.ts'
import type { Terminal } from './terminal.ts'

/** What each command can be told. */
export type CommonOptions = ConfigOptions & OutputOptions

/** A command with the two options that all of them take. */
export function addCommand(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--config <file>', 'configuration file (SOJOURN_CONFIG; ./sojourn.yaml if it is there)')
    .option('--json', 'print one JSON object')
}

/** The action of a command that answers: its arguments in a list, then its options. */
export function answering<O extends CommonOptions>(
  terminal: Terminal,
  work: (options: O, args: readonly string[]) => Answer | Promise<Answer>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command
    const options = command.opts<O>()
    printAnswer(terminal, await work(options, command.args), options)
  }
}

/** For an option that may be given many times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** Commands say what they did by their answer; the log is for what went wrong on the way. */
export function commandLog(terminal: Terminal): Log {
  return createLog('warn', terminal.stderr)
}

/** How many lines of a list somebody wants. */
export function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('a whole number, please')
  return Number(text)
}
