import { ConfigError } from '../config/config-error.ts'
import { DomainError } from '../errors.ts'
import type { OutputOptions } from './answer.ts'
import type { Terminal } from './terminal.ts'

export const REFUSED = 1
export const USAGE = 2

/** A command that was called in a way that it does not understand. */
export class UsageError extends Error {}

/** Says in one line why a command did not do its work, and gives the exit code for it. */
export function printRefusal(terminal: Terminal, error: unknown, options: OutputOptions): number {
  const code = codeOf(error)
  const message = messageOf(error)
  const line = options.json
    ? JSON.stringify({ error: code, message, ...problemsOf(error) })
    : `sojourn: ${message}`
  terminal.stderr.write(`${line}\n`)
  return code === 'usage' ? USAGE : REFUSED
}

function codeOf(error: unknown): string {
  if (error instanceof UsageError) return 'usage'
  if (error instanceof ConfigError) return 'invalid_configuration'
  return error instanceof DomainError ? error.code : 'internal'
}

/** The causes tell what the message alone does not: which host refused, which file is missing. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof ConfigError) return error.message
  const cause = error.cause instanceof Error ? ` (${messageOf(error.cause)})` : ''
  return `${error.message.replaceAll(/\s*\n\s*/g, '; ')}${cause}`
}

function problemsOf(error: unknown): object {
  return error instanceof ConfigError ? { problems: error.problems } : {}
}
