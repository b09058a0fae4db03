import { type KeyStatus, keyStatus } from '../keys/key-status.ts'
import { type RootAge, rootAge } from '../keys/root-age.ts'
import { type Answer, table } from './answer.ts'
import type { CommonOptions } from './command.ts'
import type { Terminal } from './terminal.ts'
import { withCore } from './with-core.ts'

/** The root key's rotation: when it is due, and whose task it is. */
interface Rotation extends RootAge {
  readonly by: 'server' | 'operator'
}

export function showKeys(terminal: Terminal, options: CommonOptions): Promise<Answer> {
  return withCore(terminal, options, async (core) => {
    const { rootRotation, rootRotationBy: by } = core.config.keys
    const rotation = { ...(await rootAge(core, rootRotation)), by }
    const status = await keyStatus(core.db, core.rootKeys)
    return { data: present(status, rotation), text: describe(status, rotation) }
  })
}

function present(status: KeyStatus, { dueAt, isDue, by }: Rotation) {
  return {
    root_versions: status.rootVersions.map(({ version, createdAt, isHeld, isCurrent, keys }) => ({
      version,
      created_at: createdAt,
      held: isHeld,
      current: isCurrent,
      keys,
    })),
    root_rotation: { by, due_at: dueAt, due: isDue },
    oldest_readable_backup: status.oldestReadableBackup,
    epochs: status.epochs,
    signing_keys: status.signingKeys.map((key) => ({
      kid: key.kid,
      alg: key.alg,
      state: key.state,
      active_at: key.activeAt,
      retired_at: key.retiredAt,
      removed_at: key.removedAt,
    })),
  }
}

function describe(status: KeyStatus, rotation: Rotation): string {
  return [
    table([['ROOT VERSION', 'MADE', 'STATE', 'KEYS'], ...rootRows(status)]),
    describeRotation(rotation),
    `backups can be read from: ${minuteOf(status.oldestReadableBackup)}`,
    ...spentRoots(status),
    '',
    table([['ALG', 'SIGNING KEY', 'STATE', 'FROM'], ...signingRows(status)]),
  ].join('\n')
}

function rootRows({ rootVersions }: KeyStatus): string[][] {
  return rootVersions.map(({ version, createdAt, isHeld, isCurrent, keys }) => [
    version,
    minuteOf(createdAt),
    isHeld ? (isCurrent ? 'current' : 'old') : 'MISSING',
    Object.entries(keys)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ') || 'wraps nothing',
  ])
}

function describeRotation({ isDue, dueAt, by }: Rotation): string {
  if (isDue && by === 'operator') return `ROTATION DUE since ${minuteOf(dueAt)}: keys rotate-root`
  const whose = by === 'server' ? 'the server rotates' : 'an operator rotates'
  return `next rotation: ${minuteOf(dueAt)}, ${whose}`
}

/** Nothing is destroyed unasked: an old version may be all that opens a backup that is needed. */
function spentRoots({ rootVersions }: KeyStatus): string[] {
  return rootVersions
    .filter(({ isHeld, isCurrent, keys }) => isHeld && !isCurrent && Object.keys(keys).length === 0)
    .map(
      ({ version }) =>
        `${version} opens old backups only; this ends it: keys destroy-root ${version}`,
    )
}

function signingRows({ signingKeys }: KeyStatus): string[][] {
  return signingKeys.map(({ kid, alg, state, activeAt }) => [alg, kid, state, minuteOf(activeAt)])
}

function minuteOf(date: Date | null): string {
  return date?.toISOString().slice(0, 16).replace('T', ' ') ?? 'unknown'
}
