import type { RootKeys } from '../crypto/root-key.ts'
import type { Db } from '../database/transaction.ts'
import { countEpochs, type EpochCounts } from './key-status-store.ts'
import { findRootVersions } from './root-version-store.ts'
import { findSigningKeys, type SigningAlg } from './signing-key-store.ts'
import { activeKey, type SigningKeyTimes } from './signing-plan.ts'
import { countWrapped, type VersionCount } from './wrapped-column-store.ts'
import { WRAPPED_TABLES, type WrappedTable } from './wrapped-columns.ts'

export interface KeyStatus {
  readonly rootVersions: readonly RootVersionStatus[]
  /**
   * Backups from here on can still be read by whoever holds the root keys of this installation;
   * `null` when the age of the oldest one is not recorded. Dropping that version moves it.
   */
  readonly oldestReadableBackup: Date | null
  readonly epochs: EpochCounts
  readonly signingKeys: readonly SigningKeyStatus[]
}

export interface RootVersionStatus {
  readonly version: string
  readonly createdAt: Date | null
  /** Whether it is at hand here; one that is not, and wraps keys, means lost or foreign keys. */
  readonly isHeld: boolean
  readonly isCurrent: boolean
  /** How many live keys it wraps, by table; none for a version that may be dropped. */
  readonly keys: Readonly<Partial<Record<WrappedTable, number>>>
}

export interface SigningKeyStatus extends SigningKeyTimes {
  readonly alg: SigningAlg
  readonly state: 'announced' | 'active' | 'retired'
}

export function wrapsKeys({ keys }: RootVersionStatus): boolean {
  return Object.values(keys).some((count) => count > 0)
}

/** What an operator asks before a rotation, after it, and before destroying a root version. */
export async function keyStatus(db: Db, rootKeys: RootKeys): Promise<KeyStatus> {
  const counts = (await Promise.all(WRAPPED_TABLES.map((table) => countWrapped(db, table)))).flat()
  const held = await heldVersions(db, rootKeys)
  return {
    rootVersions: rootVersions(rootKeys, held, counts),
    oldestReadableBackup: oldestBirthday([...held.values()]),
    epochs: await countEpochs(db),
    signingKeys: await signingKeyStates(db),
  }
}

type Birthdays = ReadonlyMap<string, Date | null>

/** A version's birthday where its source knows it, else the day since when it is used here. */
async function heldVersions(db: Db, rootKeys: RootKeys): Promise<Birthdays> {
  const held = rootKeys.versions()
  const used = await findRootVersions(
    db,
    held.map(({ version }) => version),
  )
  const since = new Map(used.map(({ version, usedSince }) => [version, usedSince]))
  return new Map(
    held.map(({ version, createdAt }) => [version, createdAt ?? since.get(version) ?? null]),
  )
}

function rootVersions(
  { currentVersion }: RootKeys,
  held: Birthdays,
  counts: readonly VersionCount[],
): RootVersionStatus[] {
  const named = new Set([...held.keys(), ...counts.map(({ version }) => version)])
  return [...named].map((version) => ({
    version,
    createdAt: held.get(version) ?? null,
    isHeld: held.has(version),
    isCurrent: version === currentVersion,
    keys: Object.fromEntries(
      counts.filter((count) => count.version === version).map(({ table, keys }) => [table, keys]),
    ),
  }))
}

// A backup holds keys under the root version of its day, so the oldest version opens the oldest one.
function oldestBirthday(birthdays: readonly (Date | null)[]): Date | null {
  const known = birthdays.filter((day) => day !== null).map((day) => day.getTime())
  return known.length < birthdays.length ? null : new Date(Math.min(...known))
}

async function signingKeyStates(db: Db): Promise<SigningKeyStatus[]> {
  const { keys, now } = await findSigningKeys(db)
  return keys.map(({ kid, alg, publishedAt, activeAt, retiredAt, removedAt }) => {
    const times = { kid, publishedAt, activeAt, retiredAt, removedAt }
    return { ...times, alg, state: stateOf(times, now) }
  })
}

function stateOf(key: SigningKeyTimes, now: Date): SigningKeyStatus['state'] {
  if (key.activeAt > now) return 'announced'
  return activeKey([key], now) ? 'active' : 'retired'
}
