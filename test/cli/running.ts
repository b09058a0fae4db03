import { PassThrough, Readable } from 'node:stream'
import { run } from '../../src/cli/run.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

/** One command in this process, with an environment and streams of its own. */
export async function runCommand(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const stdin = Readable.from(options.stdin === undefined ? [] : [options.stdin])
  const code = await run(args, { env: options.env ?? {}, stdin, stdout, stderr })
  return { code, out: written(stdout), err: written(stderr) }
}

function written(stream: PassThrough): string {
  return stream.read()?.toString() ?? ''
}
