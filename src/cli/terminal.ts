import type { Readable, Writable } from 'node:stream'

/** What a command has of the world around it; a test gives it another one. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown }
  /** A command's answer, and nothing else. */
  readonly stdout: Writable
  /** Logs, prompts and refusals. */
  readonly stderr: Writable
}
