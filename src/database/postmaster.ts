import { execFile } from 'node:child_process'
import { readFile, readlink, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whether a process of this number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The server that `postmaster.pid` names, if it lives and really serves this data folder. */
export async function postmasterOf(data: string): Promise<number | null> {
  const pid = await namedPid(data)
  return pid !== null && (await serves(pid, data)) ? pid : null
}

/**
 * Removes a `postmaster.pid` whose number has passed to another program, as it does when a container or
 * a machine starts anew: PostgreSQL itself only asks whether the number is alive, and would never start again.
 */
export async function clearStalePid(data: string): Promise<void> {
  const pid = await namedPid(data)
  if (pid === null || !isAlive(pid) || (await serves(pid, data))) return
  // A younger one may be that of a server which another process is starting just now.
  const file = join(data, 'postmaster.pid')
  const written = await stat(file).catch(() => null)
  if (written && Date.now() - written.mtimeMs > 5_000) await rm(file, { force: true })
}

/**
 * Ends a server and waits until its data folder is closed: `fast` disconnects clients and writes a checkpoint;
 * one that does not manage in time is stopped at once, and recovers from its log at the next start.
 */
export async function stopPostmaster(data: string, patience: number): Promise<void> {
  const pid = await postmasterOf(data)
  if (pid === null) return
  signal(pid, 'SIGINT')
  if (await gone(data, pid, patience)) return
  signal(pid, 'SIGQUIT')
  await gone(data, pid, patience)
}

async function namedPid(data: string): Promise<number | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  return pid > 0 ? pid : null
}

/** A postmaster works inside its data folder; where /proc is missing, its command line names the folder. */
async function serves(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'linux') {
    return (await readlink(`/proc/${pid}/cwd`).catch(() => null)) === data
  }
  const command = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => null)
  return command?.stdout.includes(data) ?? false
}

async function gone(data: string, pid: number, patience: number): Promise<boolean> {
  const deadline = Date.now() + patience * 1000
  while (await serves(pid, data)) {
    if (Date.now() > deadline) return false
    await sleep(10)
  }
  return true
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
