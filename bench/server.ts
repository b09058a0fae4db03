import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reply } from './child.ts'

/** A server in a process of its own. */
export interface BenchServer<Ready> {
  readonly ready: Ready
  /** Has the process do something and answer. */
  ask<T>(what: string, value?: number): Promise<T>
  stop(): Promise<void>
}

/** Starts `servers/<name>.ts`; what it writes goes to a file in `folder`, as a service's log would. */
export async function startServer<Ready>(
  name: string,
  folder: string,
  ...more: readonly string[]
): Promise<BenchServer<Ready>> {
  const logFile = join(folder, `${[name, ...more].join('-')}.log`)
  const log = openSync(logFile, 'a')
  const child = fork(join(import.meta.dirname, 'servers', `${name}.ts`), [folder, ...more], {
    stdio: ['ignore', log, log, 'ipc'],
  })
  const ready = await readyOf<Ready>(child).catch((error: unknown) => {
    throw new Error(`${name} did not start\n${readFileSync(logFile, 'utf8')}`, { cause: error })
  })
  let asked = 0

  return {
    ready,
    ask: <T>(what: string, value = 0) => {
      asked += 1
      const id = asked
      const answered = answerTo<T>(child, id)
      child.send({ id, ask: what, value })
      return answered
    },
    stop: async () => {
      const exited = once(child, 'exit')
      if (child.connected) child.disconnect()
      if (child.exitCode === null && child.signalCode === null) await exited
    },
  }
}

function readyOf<Ready>(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: { ready: Ready }) => resolve(message.ready))
    child.once('exit', (code) => reject(new Error(`exit code ${code}`)))
  })
}

function answerTo<T>(child: ChildProcess, id: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const heard = (reply: Reply) => {
      if (reply.id !== id) return
      child.off('message', heard)
      if (reply.error === undefined) resolve(reply.value as T)
      else reject(new Error(reply.error))
    }
    child.on('message', heard)
  })
}
