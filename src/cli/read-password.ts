import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { DomainError } from '../errors.ts'
import { UsageError } from './refusal.ts'
import type { Terminal } from './terminal.ts'

const LONGEST = 4_096

/**
 * A password from standard input, or typed twice without an echo; never from an argument, which
 * every process on the machine can read.
 */
export async function readPassword(terminal: Terminal, fromStdin: boolean): Promise<string> {
  if (fromStdin) return readAll(terminal)
  if (!terminal.stdin.isTTY) {
    throw new UsageError('no terminal to ask on: use --password-stdin or --no-password')
  }
  const password = await ask(terminal, 'Password: ')
  const again = await ask(terminal, 'Again: ')
  if (password !== again) throw new DomainError('invalid_request', 'the two differ')
  return password
}

async function readAll({ stdin }: Terminal): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk))
    size += chunk.length
    if (size > LONGEST) throw new DomainError('invalid_request', 'a password is shorter than that')
  }
  // The line's end is the shell's, not the password's.
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

async function ask({ stdin, stderr }: Terminal, prompt: string): Promise<string> {
  stderr.write(prompt)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true })
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('SIGINT', () => reject(new DomainError('invalid_request', 'given up')))
      lines.question('').then(resolve, reject)
    })
  } finally {
    lines.close()
    stderr.write('\n')
  }
}
