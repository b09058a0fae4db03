import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestDatabase } from '../support/database.ts'

/** A delivering process of its own. */
export interface WorkerProcess {
  /** SIGKILL: it writes nothing any more. */
  kill(): Promise<void>
  /** SIGTERM: it finishes what it began; resolves to its exit code. */
  stop(): Promise<number | null>
}

export async function startWorker({ url }: TestDatabase): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'delivery-worker.ts')], {
    env: { ...process.env, DATABASE: url.reveal() },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    kill: async () => void (await ended(child, 'SIGKILL')),
    stop: () => ended(child, 'SIGTERM'),
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
  return child.exitCode
}
