import { CommanderError } from 'commander'
import { createProgram } from './program.ts'
import { printRefusal, USAGE } from './refusal.ts'
import type { Terminal } from './terminal.ts'

/**
 * Runs one command and resolves to its exit code: 0 done, 1 refused, 2 not understood.
 *
 * Nobody sees a stack here: an operator gets one line, and programs one JSON object (`--json`).
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
    return printRefusal(terminal, error, { json: args.includes('--json') })
  }
}
