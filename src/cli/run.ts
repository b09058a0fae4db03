import { CommanderError } from 'commander'
import { createProgram } from './program.ts'
import { printRefusal, USAGE, UsageError } from './refusal.ts'
import type { Terminal } from './terminal.ts'

/**
 * Runs one command and resolves to its exit code: 0 done, 1 refused, 2 not understood.
 *
 * Nobody sees a stack here: an operator gets one line, and programs one JSON object (`--json`).
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const json = args.includes('--json')
  const program = createProgram(terminal, { json })
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (!(error instanceof CommanderError)) return printRefusal(terminal, error, { json })
    if (error.exitCode === 0) return 0
    // To people commander has said it, with the nearest word or the help.
    return json ? printRefusal(terminal, new UsageError(wordsOf(error)), { json }) : USAGE
  }
}

function wordsOf({ message }: CommanderError): string {
  return message.replace(/^error: /, '')
}
