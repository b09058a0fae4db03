import { createInterface } from 'node:readline/promises'
import { DomainError } from '../errors.ts'
import { UsageError } from './refusal.ts'
import type { Terminal } from './terminal.ts'

/** Asks before what cannot be undone; a script says `--yes`, since it has nobody to ask. */
export async function confirm(terminal: Terminal, warning: string): Promise<void> {
  const { stdin, stderr } = terminal
  if (!stdin.isTTY) throw new UsageError('no terminal to ask on: say --yes')
  const lines = createInterface({ input: stdin, output: stderr, terminal: true })
  try {
    const answer = await lines.question(`${warning}\nType yes to go on: `)
    if (answer.trim() !== 'yes') throw new DomainError('invalid_request', 'given up')
  } finally {
    lines.close()
  }
}
