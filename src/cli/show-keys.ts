import { type KeyStatus, keyStatus } from '../keys/key-status.ts'
import { type RootAge, rootAge } from '../keys/root-age.ts'
import { type DataKeyStatus, dataKeyStatus } from '../keys/rotate-data-key.ts'
import { type Answer, table } from './answer.ts'
import type { CommonOptions } from './command.ts'
import type { Terminal } from './terminal.ts'
import { withCore } from './with-core.ts'

interface Shown extends KeyStatus {
  /** The root key's: when it is due, and whose task it is. */
  readonly rotation: RootAge & { readonly by: 'server' | 'operator' }
  readonly dataKeys: readonly DataKeyStatus[]
}

export function showKeys(terminal: Terminal, options: CommonOptions): Promise<Answer> {
  return withCore(terminal, options, async (core) => {
    const { rootRotation, rootRotationBy: by } = core.config.keys
    const shown = {
      ...(await keyStatus(core.db, core.rootKeys)),
      rotation: { ...(await rootAge(core, rootRotation)), by },
      dataKeys: await dataKeyStatus(core.db),
    }
    return { data: present(shown), text: describe(shown) }
  })
}

function present(status: Shown) {
  const { dueAt, isDue, by } = status.rotation
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
    data_keys: status.dataKeys.map(({ version, state, activeAt, sealed }) => ({
      version,
      state,
      active_at: activeAt,
      sealed,
    })),
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

function describe(status: Shown): string {
  return [
    table([['ROOT VERSION', 'MADE', 'STATE', 'KEYS'], ...rootRows(status)]),
    describeRotation(status.rotation),
    `backups can be read from: ${minuteOf(status.oldestReadableBackup)}`,
    ...spentRoots(status),
    '',
    table([['DATA KEY', 'STATE', 'FROM', 'SEALED'], ...dataRows(status)]),
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

function describeRotation({ isDue, dueAt, by }: Shown['rotation']): string {
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

function dataRows({ dataKeys }: Shown): string[][] {
  return dataKeys.map(({ version, state, activeAt, sealed }) => [
    String(version),
    state,
    minuteOf(activeAt),
    String(sealed),
  ])
}

function signingRows({ signingKeys }: KeyStatus): string[][] {
  return signingKeys.map(({ kid, alg, state, activeAt }) => [alg, kid, state, minuteOf(activeAt)])
}

function minuteOf(date: Date | null): string {
  return date?.toISOString().slice(0, 16).replace('T', ' ') ?? 'unknown'
}
