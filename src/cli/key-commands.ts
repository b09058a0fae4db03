import type { Command } from 'commander'
import { type KeyStatus, keyStatus } from '../keys/key-status.ts'
import { rotateNow } from '../keys/signing-keys.ts'
import { type Answer, table } from './answer.ts'
import { addCommand, answering, type CommonOptions } from './command.ts'
import { destroyRoot } from './destroy-root.ts'
import { rotateRoot } from './rotate-root.ts'
import type { Terminal } from './terminal.ts'
import { withCore } from './with-core.ts'

/** `keys …`. */
export function addKeyCommands(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('Signing keys and the root key')
  addCommand(keys, 'status', 'Show what the root key wraps and which keys sign').action(
    answering<CommonOptions>(terminal, (options) => showStatus(terminal, options)),
  )
  addCommand(
    keys,
    'rotate',
    'Announce new signing keys; each signs when all caches can know it',
  ).action(answering<CommonOptions>(terminal, (options) => rotateSigning(terminal, options)))
  addCommand(keys, 'rotate-root', 'Wrap every key under a new root key, in steps').action(
    answering<CommonOptions>(terminal, (options) => rotateRoot(terminal, options)),
  )
  addCommand(
    keys,
    'destroy-root <version>',
    'Destroy an old root key, and what backups need it',
  ).action(
    answering<CommonOptions>(terminal, (options, [version = '']) =>
      destroyRoot(terminal, version, options),
    ),
  )
}

async function rotateSigning(terminal: Terminal, options: CommonOptions): Promise<Answer> {
  return withCore(terminal, options, async (core) => {
    const announced = await rotateNow(core, core.signingRotation)
    const lines = announced.map(
      ({ kid, alg, activeAt }) => `${alg} ${kid} signs from ${activeAt.toISOString()}`,
    )
    const data = announced.map(({ kid, alg, activeAt }) => ({ kid, alg, active_at: activeAt }))
    const text = lines.length > 0 ? lines.join('\n') : 'the next keys are announced already'
    return { data: { announced: data }, text }
  })
}

async function showStatus(terminal: Terminal, options: CommonOptions): Promise<Answer> {
  return withCore(terminal, options, async ({ db, rootKeys }) => {
    const status = await keyStatus(db, rootKeys)
    return { data: presentStatus(status), text: describeStatus(status) }
  })
}

function presentStatus({ rootVersions, oldestReadableBackup, epochs, signingKeys }: KeyStatus) {
  return {
    root_versions: rootVersions.map(({ version, createdAt, isHeld, isCurrent, keys }) => ({
      version,
      created_at: createdAt,
      held: isHeld,
      current: isCurrent,
      keys,
    })),
    oldest_readable_backup: oldestReadableBackup,
    epochs,
    signing_keys: signingKeys.map((key) => ({
      kid: key.kid,
      alg: key.alg,
      state: key.state,
      active_at: key.activeAt,
      retired_at: key.retiredAt,
      removed_at: key.removedAt,
    })),
  }
}

function describeStatus({ rootVersions, oldestReadableBackup, signingKeys }: KeyStatus): string {
  const roots = rootVersions.map(({ version, createdAt, isHeld, isCurrent, keys }) => [
    version,
    dayOf(createdAt),
    isHeld ? (isCurrent ? 'current' : 'old') : 'MISSING',
    Object.entries(keys)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ') || 'wraps nothing',
  ])
  const signing = signingKeys.map(({ kid, alg, state, activeAt }) => [
    alg,
    kid,
    state,
    dayOf(activeAt),
  ])
  return [
    table([['ROOT VERSION', 'MADE', 'STATE', 'KEYS'], ...roots]),
    `backups can be read from: ${dayOf(oldestReadableBackup)}`,
    '',
    table([['ALG', 'SIGNING KEY', 'STATE', 'FROM'], ...signing]),
  ].join('\n')
}

function dayOf(date: Date | null): string {
  return date?.toISOString().slice(0, 16).replace('T', ' ') ?? 'unknown'
}
